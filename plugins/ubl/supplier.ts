// Whether an invoice is the user's own: purchase invoices come into the same mailbox, and have the same form.

/** `wanted`: a KvK, OIN or VAT number, as the operator typed it. */
export const isSuppliers = (supplierIds: string[], wanted: string): boolean =>
  plainId(wanted) !== '' && supplierIds.some(id => isSameId(plainId(id), plainId(wanted)))

/** Without what people and tools put around the number. */
export const plainId = (id: string): string =>
  id
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replace(/^(NL)?(KVK|BTW|VAT|OIN)(NR|NUMMER|NUMBER)?/, '')

/** One of the two may lack the country. */
const isSameId = (a: string, b: string): boolean => a === b || withoutCountry(a) === b || a === withoutCountry(b)

const withoutCountry = (id: string): string => id.replace(/^[A-Z]{2}(?=[0-9])/, '')
