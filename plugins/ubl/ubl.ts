// Invoices and credit notes in UBL 2.1, as tools mail them beside the PDF. Dialects differ in what they require, not in
// where things are, so any is accepted. https://docs.peppol.eu/poacc/billing/3.0/syntax/ubl-invoice/tree/

import { z } from 'zod'
import { type Customer, decimalsKept, type Invoice, parseAmount, parseDate } from '../../src/core/invoice.ts'
import {
  countryCodeIn,
  dateExpected,
  description,
  emailsIn,
  invoiceNumber,
  isEmail,
  parsed,
  problemIn
} from '../../src/tools/fields.ts'
import { plainId } from './supplier.ts'
import { readXml, type XmlName, type XmlReading } from './xml.ts'

export { isSuppliers } from './supplier.ts'

/** A file with a PDF inside is large. The whole file is kept in memory. */
export const ublBytesMax = 5 * 1024 * 1024

export type UblReading =
  | {
      kind: 'invoice'
      /** `sourceId` is the supplier's id and the number. */
      invoice: Invoice
      /** KvK, OIN and VAT number, as written. */
      supplierIds: string[]
      embeddedPdf: Buffer | null
    }
  /** The problem names the field and what was expected, never what was there. */
  | { kind: 'unreadable'; problem: string; sourceId: string | null }
  /** XML that is not a UBL invoice. */
  | { kind: 'other' }

/** `to`: the addresses that the mail was sent to, without the mailbox's own. */
export type UblContext = { to: string[] }

const schema = 'urn:oasis:names:specification:ubl:schema:xsd:'
const prefixes = new Map([
  [`${schema}CommonBasicComponents-2`, 'cbc'],
  [`${schema}CommonAggregateComponents-2`, 'cac']
])

const isUbl = ({ namespace, local }: XmlName): boolean =>
  ['Invoice', 'CreditNote'].includes(local) && namespace === `${schema}${local}-2`

const supplier = 'cac:AccountingSupplierParty'
const customer = 'cac:AccountingCustomerParty'
const legalId = 'cac:Party/cac:PartyLegalEntity/cbc:CompanyID'
const taxId = 'cac:Party/cac:PartyTaxScheme/cbc:CompanyID'
const partyId = 'cac:Party/cac:PartyIdentification/cbc:ID'
const address = 'cac:Party/cac:PostalAddress'

const paths = {
  number: 'cbc:ID',
  issuedAt: 'cbc:IssueDate',
  dueAt: 'cbc:DueDate',
  /** In credit notes, and in some invoices. */
  paymentDueAt: 'cac:PaymentMeans/cbc:PaymentDueDate',
  type: 'cbc:InvoiceTypeCode',
  currency: 'cbc:DocumentCurrencyCode',
  /** Not the payable amount, from which any prepayment is subtracted. */
  amount: 'cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount',
  embedded: 'cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject',
  supplierLegalId: `${supplier}/${legalId}`,
  supplierTaxId: `${supplier}/${taxId}`,
  supplierPartyId: `${supplier}/${partyId}`,
  customerPartyId: `${customer}/${partyId}`,
  customerAccount: `${customer}/cbc:SupplierAssignedAccountID`,
  customerLegalId: `${customer}/${legalId}`,
  customerTaxId: `${customer}/${taxId}`,
  customerEmail: `${customer}/cac:Party/cac:Contact/cbc:ElectronicMail`,
  customerEndpoint: `${customer}/cac:Party/cbc:EndpointID`,
  legalName: `${customer}/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName`,
  partyName: `${customer}/cac:Party/cac:PartyName/cbc:Name`,
  street: `${customer}/${address}/cbc:StreetName`,
  houseNumber: `${customer}/${address}/cbc:BuildingNumber`,
  city: `${customer}/${address}/cbc:CityName`,
  zipCode: `${customer}/${address}/cbc:PostalZone`,
  country: `${customer}/${address}/cac:Country/cbc:IdentificationCode`
}

const question = { isWanted: isUbl, prefixes, paths: new Set(Object.values(paths)) }

export const readUbl = (xml: Buffer, { to }: UblContext): UblReading => {
  if (xml.length > ublBytesMax)
    return { kind: 'unreadable', problem: `XML: expected at most ${ublBytesMax} bytes`, sourceId: null }
  const reading = readXml(xml, question)
  const { root, problem } = reading
  if (root && !isUbl(root)) return { kind: 'other' }

  const supplierIds = supplierIdsIn(reading)
  const sourceId = sourceIdOf(supplierIds, reading)
  const unreadable = (problem: string): UblReading => ({ kind: 'unreadable', problem, sourceId })
  if (problem !== null) return unreadable(`XML: ${problem}`)
  const facts = factsIn(reading, root?.local === 'CreditNote')
  if ('problem' in facts) return unreadable(facts.problem)
  if (sourceId === null) return unreadable(`${supplier}: expected a KvK, OIN or VAT number`)
  const customer = customerIn(reading, to.filter(isEmail))
  if ('problem' in customer) return unreadable(customer.problem)
  return {
    kind: 'invoice',
    invoice: { sourceId, customer, ...facts, paidAt: null, pdfUrl: null },
    supplierIds,
    embeddedPdf: embeddedPdfIn(reading)
  }
}

// Names and numbers of people and companies are shorter. Anything longer is neither.
const textCharactersMax = 300

const textsAt = ({ elements }: XmlReading, path: string): string[] =>
  elements(path)
    .map(({ text }) => text.trim())
    .filter(text => text !== '' && text.length <= textCharactersMax)

/** For what may be there only once: of two values, the bridge cannot know which counts. */
const onlyOf = <Value>([only, ...others]: Value[]): Value | undefined => (others.length > 0 ? undefined : only)

/** The first of these paths that holds a text, as a description. */
const firstAt = (reading: XmlReading, ...paths: string[]): string | null =>
  description.parse(paths.flatMap(path => textsAt(reading, path))[0])

const supplierIdsIn = (reading: XmlReading): string[] => {
  const ids = [paths.supplierLegalId, paths.supplierTaxId, paths.supplierPartyId].flatMap(path =>
    textsAt(reading, path)
  )
  return [...new Set(ids.filter(id => plainId(id) !== ''))]
}

const sourceIdOf = ([supplierId]: string[], reading: XmlReading): string | null => {
  const { data: number } = invoiceNumber.safeParse(onlyOf(textsAt(reading, paths.number)))
  return supplierId === undefined || number === undefined ? null : `${plainId(supplierId)} ${number}`
}

const currencyExpected = 'expected a currency such as EUR'
const currency = z.string(currencyExpected).regex(/^[A-Z]{3}$/, currencyExpected)

// XML allows a time zone after a date. It does not change the day.
const date = parsed(text => parseDate(text.replace(/(?<=^.{10})(Z|[+-]\d\d:\d\d)$/, '')), dateExpected)

// Named as in the file.
const Facts = z.object({ 'cbc:ID': invoiceNumber, 'cbc:IssueDate': date, 'cbc:DocumentCurrencyCode': currency })

type Facts = Pick<Invoice, 'invoiceNumber' | 'issuedAt' | 'dueAt' | 'currency' | 'amountCents'>

const factsIn = (reading: XmlReading, isCreditNote: boolean): Facts | { problem: string } => {
  const given = Object.keys(Facts.shape).map(path => [path, onlyOf(textsAt(reading, path))])
  const { data, error } = Facts.safeParse(Object.fromEntries(given))
  if (error) return { problem: problemIn(error) }
  const currency = data['cbc:DocumentCurrencyCode']
  const type = firstAt(reading, paths.type)
  if (type === proforma) return { problem: `${paths.type}: expected an invoice, not a pro forma invoice` }
  const amount = amountIn(reading, currency)
  if (typeof amount !== 'number') return amount
  if (isCreditNote && amount < 0) return { problem: `${paths.amount}: expected no minus in a credit note` }
  if (!isCreditNote && type === creditNote && amount > 0)
    return { problem: `${paths.amount}: expected a minus, as the type is that of a credit note` }
  const dueAt = firstAt(reading, paths.dueAt, paths.paymentDueAt)
  return {
    invoiceNumber: data['cbc:ID'],
    issuedAt: data['cbc:IssueDate'],
    dueAt: date.safeParse(dueAt).data ?? null,
    currency,
    amountCents: isCreditNote && amount > 0 ? -amount : amount
  }
}

// UNCL1001, the list of document types.
const proforma = '325'
const creditNote = '381'

const amountIn = (reading: XmlReading, currency: string): number | { problem: string } => {
  const element = onlyOf(reading.elements(paths.amount))
  const amount = element && parseAmount(plainDecimal(element.text), currency)
  if (amount === undefined)
    return { problem: `${paths.amount}: expected an amount with at most ${decimalsKept(currency)} decimals` }
  if ((element?.attributes.currencyID ?? currency) !== currency)
    return { problem: `${paths.amount}: expected the currency of cbc:DocumentCurrencyCode` }
  return amount
}

/** XML may write 121.5 as +0121.5000. */
const plainDecimal = (text: string): string => {
  const [, sign = '', whole, fraction = ''] = /^\s*([+-]?)(\d{1,20})(?:\.(\d{0,20}))?\s*$/.exec(text) ?? []
  if (whole === undefined) return text
  const decimals = fraction.replace(/0+$/, '')
  return `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '')}${decimals && `.${decimals}`}`
}

/** The endpoint scheme for an e-mail address. */
const byEmail = 'EM'

/**
 * What the file says comes first: a reminder may be sent to another person, but is about the same customer. Not every
 * tool writes its own number for the customer.
 */
const customerIn = (reading: XmlReading, to: string[]): Customer | { problem: string } => {
  const endpoints = reading.elements(paths.customerEndpoint).filter(({ attributes }) => attributes.schemeID === byEmail)
  const written = [...textsAt(reading, paths.customerEmail), ...endpoints.map(({ text }) => text)].flatMap(emailsIn)
  const emails = [...new Set(written.length > 0 ? written : to)]
  const ref =
    firstAt(reading, paths.customerPartyId, paths.customerAccount) ??
    written[0] ??
    firstAt(reading, paths.customerLegalId, paths.customerTaxId) ??
    to[0]
  if (ref === undefined) return { problem: `${customer}: expected an id, an e-mail address, or a mail to the customer` }
  return {
    ref,
    portalId: null,
    emails,
    name: firstAt(reading, paths.legalName, paths.partyName),
    address: [firstAt(reading, paths.street), firstAt(reading, paths.houseNumber)].filter(Boolean).join(' ') || null,
    zipCode: firstAt(reading, paths.zipCode),
    city: firstAt(reading, paths.city),
    countryCode: countryCodeIn(firstAt(reading, paths.country))
  }
}

// "%PDF-" and the first bits of what follows, in base64.
const pdfStart = /^\s*JVBERi0/

/** Only if there is just one: with a time sheet beside it, the bridge cannot know which PDF is the invoice. */
const embeddedPdfIn = (reading: XmlReading): Buffer | null => {
  const pdf = onlyOf(reading.elements(paths.embedded).filter(({ text }) => pdfStart.test(text)))
  return pdf ? Buffer.from(pdf.text, 'base64') : null
}
