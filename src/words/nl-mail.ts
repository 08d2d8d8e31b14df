// Wat de eigenaar gemaild krijgt. The same as en-mail.ts, in Dutch.

import type { mailWords as english } from './en-mail.ts'

export const mailWords: typeof english = {
  mail: {
    needsYou: count => (count === 1 ? 'Een factuur wacht op jou' : `${count} facturen wachten op jou`),
    invoiceNeedsYou: number => `Factuur ${number} wacht op jou`,
    warning: 'De brug waarschuwt ergens voor',
    over: 'Het is voorbij',
    warnings: 'De brug waarschuwt:',
    ended: 'Voorbij:',
    pauseOver: 'Facturen gaan weer naar het portaal.',
    warningOver: text => `Niet meer: ${text}`,
    more: (count, url) => (count === 1 ? `Nog één: ${url}` : `Nog ${count}: ${url}`),
    from: url => `Verstuurd door je Factuurbrug, ${url}`,
    daily: 'Je facturen van gisteren',
    weekly: 'Je facturen van vorige week',
    delivered: count =>
      count === 0
        ? 'Er is niets afgeleverd.'
        : count === 1
          ? 'Er is één factuur afgeleverd.'
          : `Er zijn ${count} facturen afgeleverd.`,
    waiting: count =>
      count === 0
        ? 'Er is er geen onderweg.'
        : count === 1
          ? 'Er is er één onderweg.'
          : `Er zijn er ${count} onderweg.`,
    nothing: 'Er is niets dat op jou wacht.'
  }
}
