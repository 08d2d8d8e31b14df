export const invoices = (count: number): string => (count === 1 ? '1 factuur' : `${count} facturen`)
