// PDFs on disk. A document is written and fsynced, with its folder, before the ledger's row that names it:
// a row never points at nothing, and a crash leaves at worst a file without a row, which `sweep` removes.

import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, openAsBlob, statSync } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BridgeError } from './errors.ts'

export type Document = { file: string; bytes: number; sha256: string }

export interface Spool {
  /** Keeps a PDF from a stream. Nothing is left of one that fails: PDF_TOO_LARGE, PDF_NOT_A_PDF, LEDGER_UNAVAILABLE. */
  keep: (source: AsyncIterable<Uint8Array>) => Promise<Document>
  /** The file's bytes, read as they are asked for. Null: the file is gone. Rejects with LEDGER_UNAVAILABLE. */
  blob: (document: Document) => Promise<Blob | null>
  remove: (document: Document) => Promise<void>
  /** Removes every file that is not among the named. Answers how many. */
  sweep: (named: ReadonlySet<string>) => Promise<number>
}

const signature = Buffer.from('%PDF-')

// Readers accept a PDF whose signature comes a little late, after a byte order mark or a blank line; so do we.
const signatureOffsetMax = 1024

export const openSpool = (folder: string, { bytesMax }: { bytesMax: number }): Spool => {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw new BridgeError('LEDGER_UNREADABLE', `cannot make ${folder}`, { cause })
  }

  return {
    async keep(source) {
      const file = `${randomUUID()}.pdf`
      const path = join(folder, file)
      const part = `${path}.part`
      try {
        const written = await write(part, source, bytesMax)
        await disk(() => rename(part, path))
        await fsyncFolder(folder)
        return { file, ...written }
      } catch (error) {
        // A disk that cannot even remove must not hide why: the sweep comes by later.
        await Promise.allSettled([rm(part, { force: true }), rm(path, { force: true })])
        throw error
      }
    },

    async blob({ file }) {
      const path = join(folder, file)
      const open = async () =>
        statSync(path, { throwIfNoEntry: false }) ? openAsBlob(path, { type: 'application/pdf' }) : null
      return disk(open)
    },

    remove: document => rm(join(folder, document.file), { force: true }),

    async sweep(named) {
      const found = await readdir(folder, { withFileTypes: true })
      const orphans = found.filter(entry => entry.isFile() && !named.has(entry.name))
      await Promise.all(orphans.map(({ name }) => rm(join(folder, name), { force: true })))
      return orphans.length
    }
  }
}

const write = async (path: string, source: AsyncIterable<Uint8Array>, bytesMax: number) => {
  const hash = createHash('sha256')
  let head: Buffer = Buffer.alloc(0)
  let bytes = 0
  const handle = await disk(() => open(path, 'wx'))
  try {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > bytesMax) throw new BridgeError('PDF_TOO_LARGE', `the PDF is larger than ${bytesMax} bytes`)
      if (head.length < signatureOffsetMax + signature.length) {
        head = Buffer.concat([head, chunk.subarray(0, signatureOffsetMax + signature.length - head.length)])
      }
      hash.update(chunk)
      await disk(() => writeAll(handle, chunk))
    }
    if (!head.includes(signature)) throw new BridgeError('PDF_NOT_A_PDF', 'the bytes do not begin with %PDF-')
    await disk(() => handle.sync())
    return { bytes, sha256: hash.digest('hex') }
  } finally {
    await handle.close()
  }
}

const writeAll = async (handle: FileHandle, chunk: Uint8Array) => {
  let offset = 0
  while (offset < chunk.length) offset += (await handle.write(chunk, offset)).bytesWritten
}

const fsyncFolder = (folder: string) =>
  disk(async () => {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  })

/** A disk that fails is our fault, not the sender's: it must try again. */
const disk = async <T>(step: () => Promise<T>): Promise<T> => {
  try {
    return await step()
  } catch (cause) {
    throw new BridgeError('LEDGER_UNAVAILABLE', 'the PDF could not be written or read', { cause })
  }
}
