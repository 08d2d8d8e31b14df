// Feeds a reader with chunks and collects what it made of them, PDFs in memory.

import { createHash } from 'node:crypto'
import { type Body, openBody } from '../../../plugins/bodies/body.ts'
import { type BodyFields, openBodyFields, type Value } from '../../../plugins/intake/body-fields.ts'
import { isCode, type Problem } from '../../../src/core/errors.ts'

export type Collected = {
  fields: Record<string, Value>
  problems: readonly Problem[]
  /** Null when the body held no PDF. */
  pdf: Buffer | null
}

export type Read = (body: Body, reading: BodyFields) => Promise<void>

export const pdfBytesMax = 1000

export const bodyOf = (chunks: Uint8Array[], bytesMax = 10_000_000): Body =>
  openBody(streamOf(chunks), { bytesMax, seen: () => {} })

async function* streamOf(chunks: Uint8Array[]) {
  yield* chunks
}

/** Reads the chunks; a refusal's problems are collected like complaints. */
export const collect = async (read: Read, chunks: Uint8Array[]): Promise<Collected> => {
  let pdf: Buffer | null = null
  const reading = openBodyFields(async source => {
    const kept: Uint8Array[] = []
    for await (const bytes of source) kept.push(bytes)
    pdf = Buffer.concat(kept)
    return { file: 'a.pdf', bytes: pdf.length, sha256: createHash('sha256').update(pdf).digest('hex') }
  }, pdfBytesMax)
  const body = bodyOf(chunks)
  const [outcome] = await Promise.allSettled([read(body, reading)])
  await body.drain()
  if (outcome.status === 'rejected' && !isCode(outcome.reason, 'FIELDS_INVALID')) throw outcome.reason
  const refused = outcome.status === 'rejected' ? outcome.reason.problems : []
  return { fields: Object.fromEntries(reading.values), problems: [...reading.problems, ...refused], pdf }
}

export const collectText = (read: Read, text: string): Promise<Collected> => collect(read, [Buffer.from(text)])

/** Every way to cut the bytes in two, and into single bytes. */
export function* cuts(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
  yield Array.from(bytes, byte => Uint8Array.of(byte))
}
