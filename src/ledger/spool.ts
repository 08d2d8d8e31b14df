// PDFs on disk. A PDF that came with a webhook is written and fsynced, with its folder, before the ledger's row that
// names it: a crash leaves at worst a file without a row, which `sweep` removes. A fetched PDF can be fetched again, so
// it is not fsynced: after a power cut its file may be gone or torn, and `blob` notices.
//
// What a stranger sends is a draft: written as it comes, and fsynced only once it is proven.

import { createHash, hash, randomUUID } from 'node:crypto'
import { openAsBlob, readFileSync, statSync } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BridgeError } from '../core/errors.ts'
import { makeFolder } from '../core/folder.ts'
import type { Document } from '../core/row.ts'

export interface Spool {
  /**
   * Keeps a PDF that can be fetched again. Leaves nothing behind when it fails: PDF_TOO_LARGE, PDF_NOT_A_PDF,
   * LEDGER_UNAVAILABLE.
   */
  keep: (source: AsyncIterable<Uint8Array>) => Promise<Document>
  /**
   * The file's bytes, read on demand. Null: the file is gone. `changed`: it is not what was kept. Rejects with
   * LEDGER_UNAVAILABLE.
   */
  blob: (document: Document) => Promise<Blob | null | 'changed'>
  remove: (document: Document) => Promise<void>
  /** Removes every file that is not among the named. Answers how many. */
  sweep: (named: ReadonlySet<string>) => Promise<number>
  /** Where files are copies: removes those that were unused for long, and what no row has named for as long. */
  removeUnused?: () => Promise<void>
}

/** Ends in one of two ways, and keeps its file open until then. */
export type PdfDraft = {
  document: Document
  /** On the disk for good, with its folder: only now may a row name it. Nothing is left when it rejects. */
  keep: () => Promise<Document>
  /** Removes it. Does nothing after `keep`. */
  drop: () => Promise<void>
}

export interface DraftingSpool extends Spool {
  /** For a PDF that is proven only by its last byte, and cannot be fetched again. */
  draft: (source: AsyncIterable<Uint8Array>) => Promise<PdfDraft>
  /**
   * The ledger did not confirm that it kept the row that names it. Removes the PDF where that means that there is no
   * row. Where a server keeps the row, its answer may have been lost, and the sweep finds out.
   */
  unanswered: (document: Document) => Promise<void>
}

const signature = Buffer.from('%PDF-')
const type = 'application/pdf'
const byteOrderMark = Buffer.from('\ufeff')

// Readers accept a PDF whose signature comes a little late, after a byte order mark or a blank line; so do we. Anything
// else before it may be a page of HTML that only mentions one.
const blanksMax = 1024
const headBytesMax = byteOrderMark.length + blanksMax + signature.length

// The most that is read and hashed in one turn of the event loop, in a fraction of a millisecond. Most PDFs are
// smaller.
const smallBytesMax = 256 * 1024
const chunkBytes = 64 * 1024

// White space as PDF has it.
const blanks = new Set([0, 9, 10, 12, 13, 32])

/** `isLasting`: what came with a webhook must survive a power cut here. */
export const openSpool = (
  folder: string,
  { bytesMax, isLasting = true }: { bytesMax: number; isLasting?: boolean }
): DraftingSpool => {
  try {
    makeFolder(folder)
  } catch (cause) {
    throw new BridgeError('LEDGER_UNREADABLE', `cannot make ${folder}`, { cause })
  }

  const begin = async (source: AsyncIterable<Uint8Array>) => {
    const file = `${randomUUID()}.pdf`
    const path = join(folder, file)
    const part = `${path}.part`
    // A removal that fails, too, must not hide the first error: the sweep removes the file later.
    const remove = () => Promise.allSettled([rm(part, { force: true }), rm(path, { force: true })])
    const handle = await disk(() => open(part, 'wx'))
    let isOpen = true
    const end = async () => {
      isOpen = false
      await disk(() => handle.close())
    }
    const drop = async () => {
      if (!isOpen) return
      await Promise.allSettled([end()])
      await remove()
    }
    const orDrop = async <T>(step: () => Promise<T>): Promise<T> => {
      try {
        return await step()
      } catch (error) {
        await drop()
        await remove()
        throw error
      }
    }
    const written = await orDrop(() => write(handle, source, bytesMax))
    const document = { file, ...written }
    return {
      document,
      keep: ({ isSynced }: { isSynced: boolean }) =>
        orDrop(async () => {
          if (isSynced) await disk(() => handle.sync())
          await end()
          await disk(() => rename(part, path))
          if (isSynced) await syncFolder(folder)
          return document
        }),
      drop
    }
  }

  const remove = ({ file }: Document) => rm(join(folder, file), { force: true })

  return {
    async draft(source) {
      const begun = await begin(source)
      return { ...begun, keep: () => begun.keep({ isSynced: isLasting }) }
    },

    keep: async source => (await begin(source)).keep({ isSynced: false }),

    async blob({ file, bytes, sha256 }) {
      const path = join(folder, file)
      return disk(async () => {
        const found = statSync(path, { throwIfNoEntry: false })
        if (!found) return null
        if (found.size !== bytes) return 'changed'
        if (bytes <= smallBytesMax) {
          const content = readFileSync(path)
          return hash('sha256', content) === sha256 ? new Blob([content], { type }) : 'changed'
        }
        // Opened before it is hashed: a file that changes after that can no longer be read through this blob.
        const blob = await openAsBlob(path, { type })
        return blob.size === bytes && (await hashOf(path)) === sha256 ? blob : 'changed'
      })
    },

    remove,
    unanswered: remove,

    async sweep(named) {
      const found = await readdir(folder, { withFileTypes: true })
      const orphans = found.filter(entry => entry.isFile() && !named.has(entry.name))
      await Promise.all(orphans.map(({ name }) => rm(join(folder, name), { force: true })))
      return orphans.length
    }
  }
}

const write = async (handle: FileHandle, source: AsyncIterable<Uint8Array>, bytesMax: number) => {
  const hash = createHash('sha256')
  let head: Buffer = Buffer.alloc(0)
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new BridgeError('PDF_TOO_LARGE', `the PDF is larger than ${bytesMax} bytes`)
    if (head.length < headBytesMax) head = Buffer.concat([head, chunk.subarray(0, headBytesMax - head.length)])
    hash.update(chunk)
    await disk(() => writeAll(handle, chunk))
  }
  if (!beginsAsPdf(head)) throw new BridgeError('PDF_NOT_A_PDF', 'the bytes do not begin with %PDF-')
  return { bytes, sha256: hash.digest('hex') }
}

const beginsAsPdf = (head: Buffer): boolean => {
  const from = head.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0
  const at = head.findIndex((byte, index) => index >= from && !blanks.has(byte))
  return at !== -1 && at - from <= blanksMax && head.subarray(at, at + signature.length).equals(signature)
}

const writeAll = async (handle: FileHandle, chunk: Uint8Array) => {
  let offset = 0
  while (offset < chunk.length) offset += (await handle.write(chunk, offset)).bytesWritten
}

const syncFolder = (folder: string) =>
  disk(async () => {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  })

/**
 * Piece by piece, so that a large PDF makes nobody wait. All pieces are read into one buffer: those of a stream would
 * fill the memory until they are collected.
 */
const hashOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(chunkBytes)
  await using handle = await open(path)
  for (;;) {
    const { bytesRead } = await handle.read(piece)
    if (bytesRead === 0) return hash.digest('hex')
    hash.update(piece.subarray(0, bytesRead))
  }
}

/** A disk that fails is our fault, not the sender's: it must try again. */
const disk = async <T>(step: () => Promise<T>): Promise<T> => {
  try {
    return await step()
  } catch (cause) {
    throw new BridgeError('LEDGER_UNAVAILABLE', 'the PDF could not be written or read', { cause })
  }
}
