// How the bytes of an XML file become text: by its byte order mark, by its first bytes, by what it declares. Tools get
// their declaration wrong, and an invoice does not wait for the letters of a name.

import { attempt } from '../../src/core/attempt.ts'

// The declaration stands first, and has no more than three attributes.
const declarationBytesMax = 200

/** Undefined: it declares an encoding that nobody knows. */
export const textOf = (xml: Buffer): string | undefined => {
  const encoding = markedIn(xml) ?? declaredIn(xml) ?? 'utf-8'
  const decoder = attempt(() => new TextDecoder(encoding, { fatal: true }))
  if (!decoder) return undefined
  // What is no UTF-8, whatever it says, was written by a program of Windows.
  return attempt(() => decoder.decode(xml)) ?? new TextDecoder('windows-1252').decode(xml)
}

// UTF-8 has one too: behind it no declaration is read, and that leaves UTF-8.
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
  // Whoever could be read this far did not write UTF-16.
  return /^(utf|ucs)-?(16|2)/i.test(encoding ?? '') ? undefined : encoding
}
