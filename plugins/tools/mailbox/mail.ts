// Reads one mail: fetches its parts one after the other, and only those that are needed.

import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { NoInvoice, ToolInvoice, UnreadEvent } from '../../../src/tools/tool.ts'
import { pdfFor } from '../../ubl/pdf.ts'
import { ublBytesMax } from '../../ubl/ubl.ts'
import { unreadMail } from './event.ts'
import type { Mail, Mailbox } from './imap.ts'
import { type Parsed, parseInvoice } from './invoice.ts'
import type { Part, Wrapping } from './parts.ts'
import { addressesIn, addressing, lacking } from './proof.ts'
import { type Connection, folders, type Settings } from './settings.ts'

export type Found = ToolInvoice | UnreadEvent | NoInvoice

type Given = { mailbox: Pick<Mailbox, 'bytes'> } & Pick<Connection, 'settings' | 'timeZone'>

const noInvoice: NoInvoice = { reason: 'a mail without an invoice' }
const unprovenWrapped: NoInvoice = { reason: 'a mail that is not proven, and brings no file that can be looked at' }

/** Everything that a mail brings. The PDF of an invoice is fetched while the bridge takes the invoice in. */
export async function* tell(mail: Mail, given: Given): AsyncGenerator<Found> {
  const { headers, parts } = mail
  const when = whenOf(mail, given.timeZone)
  const unread = (problem: string, sourceId = idOf(mail)) =>
    unreadMail({ problem: `${problem} (mail of ${when}, goes to ${folders.unread})`, sourceId }, mail.stay)

  if (parts === null) return yield unread('mail: expected a structure that can be read')
  const [wrapping] = parts.wrappings
  const isBare = parts.xml.length + parts.pdf.length === 0
  if (isBare && wrapping === undefined) return yield noInvoice
  const lacks = lacking(headers, given.settings)
  // Strangers mostly send wrapped files.
  if (lacks !== null) return yield isBare ? unprovenWrapped : unread(`mail: not proven, because ${lacks}`)

  let isUbl = false
  const ubls = await ublsIn(mail, parts.xml, given)
  for (const part of ubls) {
    const parsed = await parse(mail, part, given)
    if (parsed.kind === 'other') continue
    isUbl = true
    if (parsed.kind === 'unreadable') {
      yield unread(parsed.problem, parsed.sourceId ?? `${idOf(mail)} ${part.part}`)
      continue
    }
    const { invoice, embeddedPdf } = parsed
    const ubl = { fileName: part.fileName, invoiceNumber: invoice.invoice.invoiceNumber, embeddedPdf }
    const others = ubls.filter(other => other !== part)
    const found = pdfFor(ubl, parts.pdf, others)
    if (found === null) yield invoice
    else
      yield { ...invoice, pdf: Buffer.isBuffer(found) ? Readable.from([found]) : given.mailbox.bytes(mail.uid, found) }
  }
  if (isUbl) return
  if (parts.pdf.length > 0)
    yield unread(
      'mail: expected a UBL file beside the PDF. Switch it on in your bookkeeping, and mail the invoice again'
    )
  else yield wrapping === undefined ? noInvoice : unread(`mail: expected a PDF and a UBL file. ${advice[wrapping]}`)
}

/** What a person can do about files that the bridge cannot look into. */
const advice: Record<Wrapping, string> = {
  'an archive': 'They may be in the archive: have your bookkeeping attach the files themselves',
  encryption: 'It is encrypted, or signed so that its files are hidden: have this copy mailed without that',
  'winmail.dat': 'Outlook put everything into winmail.dat: have it mailed as HTML or plain text, not as rich text',
  'a mail that is attached as a file': 'They may be in the attached mail: redirect that mail itself to the mailbox'
}

// The beginning of a file shows what it is.
const beginningBytes = 64 * 1024

/** Which of several XML files are UBL: a logo, or a file for another program, has no PDF of its own. */
const ublsIn = async (mail: Mail, xml: Part[], given: Given): Promise<Part[]> => {
  if (xml.length < 2) return xml
  const ubls: Part[] = []
  for (const part of xml) if ((await parse(mail, part, given, beginningBytes)).kind !== 'other') ubls.push(part)
  return ubls
}

const parse = async (
  mail: Mail,
  part: Part,
  { mailbox, settings }: Given,
  bytesMax = ublBytesMax + 1
): Promise<Parsed> => {
  const xml = Buffer.concat(await Array.fromAsync(mailbox.bytes(mail.uid, part, bytesMax)))
  return parseInvoice(xml, { to: customersIn(mail, settings), supplierId: settings.EMAIL_SUPPLIER_ID ?? '' })
}

/** The mail goes to the customer, and the bridge gets a copy; a blind copy may be addressed only to the mailbox. */
const customersIn = ({ headers }: Mail, { EMAIL_USER = '', EMAIL_ADDRESS = '' }: Settings): string[] => {
  const own = addressesIn(
    headers,
    addressing.filter(name => !['to', 'cc', 'bcc'].includes(name))
  )
  const ours = [...own, EMAIL_USER.toLowerCase(), EMAIL_ADDRESS.toLowerCase()]
  return addressesIn(headers, ['to']).filter(address => !ours.includes(address))
}

/** The same at every reading. Most mails have an id, which may be empty; its hash is short, and says nothing. */
const idOf = ({ headers, arrivedAt }: Mail): string => {
  const own = headers.find(({ name }) => name === 'message-id')?.value ?? ''
  const id = /[^<>\s]/.test(own) ? own : JSON.stringify([arrivedAt, headers])
  return createHash('sha256').update(id).digest('hex').slice(0, 32)
}

const whenOf = ({ arrivedAt }: Mail, timeZone: string): string => {
  if (arrivedAt === null) return 'an unknown date'
  const local = Temporal.Instant.fromEpochMilliseconds(arrivedAt).toZonedDateTimeISO(timeZone).toPlainDateTime()
  return local.toString({ smallestUnit: 'minute' }).replace('T', ' ')
}
