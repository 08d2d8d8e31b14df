// What the owner is mailed, in English.

export const mailWords = {
  mail: {
    needsYou: (count: number) => (count === 1 ? 'An invoice needs you' : `${count} invoices need you`),
    invoiceNeedsYou: (number: string) => `Invoice ${number} needs you`,
    warning: 'The bridge warns of something',
    over: 'It is over',
    warnings: 'The bridge warns:',
    ended: 'Over:',
    pauseOver: 'Invoices go to the portal again.',
    warningOver: (text: string) => `No longer: ${text}`,
    more: (count: number, url: string) => (count === 1 ? `One more: ${url}` : `${count} more: ${url}`),
    from: (url: string) => `Sent by your Factuurbrug, ${url}`,
    daily: 'Your invoices of yesterday',
    weekly: 'Your invoices of last week',
    delivered: (count: number) =>
      count === 0
        ? 'Nothing was delivered.'
        : count === 1
          ? 'One invoice was delivered.'
          : `${count} invoices were delivered.`,
    waiting: (count: number) =>
      count === 0 ? 'None is waiting.' : count === 1 ? 'One is on its way.' : `${count} are on their way.`,
    nothing: 'Nothing needs you.'
  }
}
