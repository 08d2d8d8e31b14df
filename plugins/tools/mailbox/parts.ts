// The parts of a mail, without having read it: which may be a UBL file, which may be its PDF. What they are called and
// what type they claim is the sender's word; what they are shows when they are read.

import type { MessageStructureObject } from 'imapflow'

export type Part = {
  /** Its number, as IMAP has it. */
  part: string
  /** Empty where it has none. */
  fileName: string
  type: string
  /** As it is encoded in the mail: base64 adds a third. */
  bytes: number
}

export type Parts = { xml: Part[]; pdf: Part[] }

export const partsOf = (structure: MessageStructureObject): Parts => {
  const all = [...leavesOf(structure, false)]
  return { xml: all.filter(part => isFile(part, 'xml')), pdf: all.filter(part => isFile(part, 'pdf')) }
}

/** Those of a mail within the mail, too. */
function* leavesOf(node: MessageStructureObject, isMail: boolean): Generator<Part> {
  const { childNodes = [], part = '1', type } = node
  if (childNodes.length === 0) {
    const fileName = node.dispositionParameters?.filename ?? node.parameters?.name ?? ''
    // All there is in a mail within the mail has a number below that.
    yield { part: isMail ? `${part}.1` : part, fileName, type, bytes: node.size ?? 0 }
  }
  for (const child of childNodes) yield* leavesOf(child, type === 'message/rfc822')
}

const isFile = ({ fileName, type }: Part, kind: 'xml' | 'pdf'): boolean =>
  new RegExp(`[/+]${kind}$`).test(type) || fileName.trim().toLowerCase().endsWith(`.${kind}`)
