// The parts of a mail before it is read: which may be a UBL file, and which its PDF. Their names and types are only the
// sender's word; reading them shows what they are.

import type { MessageStructureObject } from 'imapflow'

export type Part = {
  /** Its number in IMAP. */
  part: string
  /** Empty when it has none. */
  fileName: string
  type: string
  /** As it is encoded in the mail: base64 adds a third. */
  bytes: number
}

/** What files are wrapped in, so that the bridge cannot see whether one of them is an invoice. */
export type Wrapping = 'an archive' | 'encryption' | 'winmail.dat' | 'a mail that is attached as a file'

export type Parts = { xml: Part[]; pdf: Part[]; wrappings: Wrapping[] }

export const partsOf = (structure: MessageStructureObject): Parts => {
  const all = [...leavesOf(structure, false)]
  return {
    xml: all.filter(part => isFile(part, 'xml')),
    pdf: all.filter(part => isFile(part, 'pdf')),
    wrappings: all.map(wrappingOf).filter(wrapping => wrapping !== null)
  }
}

/** Includes the parts of a mail within the mail. */
function* leavesOf(node: MessageStructureObject, isMail: boolean): Generator<Part> {
  const { childNodes = [], part = '1', type } = node
  if (childNodes.length === 0) {
    const fileName = node.dispositionParameters?.filename ?? node.parameters?.name ?? ''
    // A mail within the mail that has only one part: that part's number is below the mail's own.
    yield { part: isMail ? `${part}.1` : part, fileName, type, bytes: node.size ?? 0 }
  }
  for (const child of childNodes) yield* leavesOf(child, type === 'message/rfc822')
}

const isFile = ({ fileName, type }: Part, kind: 'xml' | 'pdf'): boolean =>
  new RegExp(`[/+]${kind}$`).test(type) || fileName.trim().toLowerCase().endsWith(`.${kind}`)

/** Recognised by type, or by name. S/MIME and PGP are the two ways in which mails are encrypted. */
const wrappings: [Wrapping, RegExp, RegExp][] = [
  ['encryption', /^application\/((x-)?pkcs7-mime|pgp-encrypted)$/, /\.(p7m|pgp|gpg)$/],
  ['winmail.dat', /^application\/(vnd\.)?ms-tnef$/, /^winmail\.dat$/],
  ['an archive', /^application\/(x-)?(zip|zip-compressed|7z-compressed|rar|vnd\.rar)$/, /\.(zip|7z|rar)$/],
  ['a mail that is attached as a file', /^(message\/rfc822|application\/vnd\.ms-outlook)$/, /\.(eml|msg)$/]
]

const wrappingOf = ({ fileName, type }: Part): Wrapping | null => {
  const name = fileName.trim().toLowerCase()
  return wrappings.find(([, types, names]) => types.test(type) || names.test(name))?.[0] ?? null
}
