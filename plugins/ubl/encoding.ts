// How the bytes of an XML file become text: by its byte order mark, its first bytes, or the encoding it declares. Tools
// get the declaration wrong, and an invoice must not wait because of a few letters in a name.

import { attempt } from '../../src/core/attempt.ts'

// The declaration comes first, and has no more than three attributes.
const declarationBytesMax = 200

/** Undefined: the file declares an unknown encoding. */
export const textOf = (xml: Buffer): string | undefined => {
  const encoding = markedIn(xml) ?? declaredIn(xml) ?? 'utf-8'
  const decoder = attempt(() => new TextDecoder(encoding, { fatal: true }))
  if (!decoder) return undefined
  // A file that is not valid in that encoding was written by a Windows program.
  return attempt(() => decoder.decode(xml)) ?? new TextDecoder('windows-1252').decode(xml)
}

// UTF-8 has a mark, too: a declaration behind it is not read, which leaves UTF-8.
const marks: [string, Buffer][] = [
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
  // The first "<" without a mark.
  ['utf-16le', Buffer.from([0x3c, 0x00])],
  ['utf-16be', Buffer.from([0x00, 0x3c])]
]

const markedIn = (xml: Buffer): string | undefined =>
  marks.find(([, mark]) => xml.subarray(0, mark.length).equals(mark))?.[0]

const declaredIn = (xml: Buffer): string | undefined => {
  const start = xml.subarray(0, declarationBytesMax).toString('latin1')
  const [, encoding] = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']/.exec(start) ?? []
  // A declaration that could be read as single bytes is not UTF-16, even if it says so.
  return /^(utf|ucs)-?(16|2)/i.test(encoding ?? '') ? undefined : encoding
}
