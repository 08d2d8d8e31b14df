// HostFact's invoice in our terms: the same as its sister's.

export { parseInvoice } from '../../sisters/invoice.ts'
