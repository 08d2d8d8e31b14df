// WeFact's invoice in our words: as of its sister.

export { parseInvoice } from '../../sisters/invoice.ts'
