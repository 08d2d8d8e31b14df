// PDFs in the database, for several machines: any of them can deliver what another received or fetched. A file is only
// a copy, for as long as it is used: the PDF is read from the disk while the portal waits for it.

import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'
import type { Document } from '../core/row.ts'
import type { SharedDriver } from './driver.ts'
import { type DraftingSpool, openSpool } from './spool.ts'

const chunkBytes = 256 * 1024

// Longer than a request takes between storing its PDF and its invoice; longer than any delivery takes.
const unusedMs = 3_600_000

type Options = { bytesMax: number; clock: Pick<Clock, 'monotonic'> }

export const openSharedSpool = (
  folder: string,
  { bytesMax, clock }: Options,
  { read, writeApart }: Pick<SharedDriver, 'read' | 'writeApart'>
): DraftingSpool => {
  const local = openSpool(folder, { bytesMax, isLasting: false })
  const usedAt = new Map<string, number>()
  let sweptAt = clock.monotonic()
  const use = ({ file }: Document) => usedAt.set(file, clock.monotonic())

  const removeCopy = async (document: Document): Promise<void> => {
    usedAt.delete(document.file)
    await local.remove(document)
  }

  const store = async (document: Document): Promise<Document> => {
    const { file } = document
    use(document)
    try {
      await writeApart(async tx => {
        let seq = 0
        for await (const bytes of createReadStream(join(folder, file), { highWaterMark: chunkBytes }))
          await tx.run('INSERT INTO document_chunk VALUES (?, ?, ?, ?)', file, seq++, bytes, tx.now)
      })
      return document
    } catch (error) {
      await removeCopy(document)
      throw error
    }
  }

  /** Removes PDFs that no row names: their request died between the two, or their row was never written. */
  const sweepRows = async (): Promise<void> => {
    await writeApart(tx =>
      tx.run(
        `DELETE FROM document_chunk WHERE at <= ?
          AND NOT EXISTS (SELECT 1 FROM invoice WHERE document_file = document_chunk.file)
          AND NOT EXISTS (
            SELECT 1 FROM conflict WHERE settled = 0 AND document_file = document_chunk.file)`,
        tx.now - unusedMs
      )
    )
    sweptAt = clock.monotonic()
  }

  async function* chunksOf(file: string) {
    for (let seq = 0; ; seq += 1) {
      const sql = 'SELECT bytes FROM document_chunk WHERE file = ? AND seq = ?'
      const chunk = await read(tx => tx.one(sql, file, seq))
      if (!chunk) return
      yield chunk.bytes as Uint8Array
    }
  }

  /** Copies it from the database. False: it is not there. */
  const restore = async (document: Document): Promise<boolean> => {
    const path = join(folder, document.file)
    const part = `${path}.${randomUUID()}.part`
    const to = createWriteStream(part, { flags: 'wx' })
    try {
      await pipeline(Readable.from(chunksOf(document.file)), to)
      if (to.bytesWritten > 0) await rename(part, path)
      return to.bytesWritten > 0
    } catch (cause) {
      throw cause instanceof BridgeError
        ? cause
        : new BridgeError('LEDGER_UNAVAILABLE', 'the PDF could not be copied', { cause })
    } finally {
      await rm(part, { force: true })
    }
  }

  return {
    async draft(source) {
      const draft = await local.draft(source)
      return { ...draft, keep: async () => store(await draft.keep()) }
    },

    keep: async source => store(await local.keep(source)),

    async blob(document) {
      use(document)
      const copy = await local.blob(document)
      if (copy instanceof Blob || !(await restore(document))) return copy
      return local.blob(document)
    },

    async remove(document) {
      await removeCopy(document)
      await writeApart(tx => tx.run('DELETE FROM document_chunk WHERE file = ?', document.file))
    },

    unanswered: async () => {},

    /** Removes all copies, too: no process has used them yet. */
    async sweep() {
      await sweepRows()
      return local.sweep(new Set())
    },

    /** Another process may have removed the PDF from the database. */
    async removeUnused() {
      const before = clock.monotonic() - unusedMs
      for (const [file, at] of usedAt) if (at <= before) await removeCopy({ file } as Document)
      if (sweptAt <= before) await sweepRows()
    }
  }
}
