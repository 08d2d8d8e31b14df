export const invoices = (count: number): string => (count === 1 ? '1 invoice' : `${count} invoices`)
