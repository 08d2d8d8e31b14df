// What people read, in English. nl.ts has the same in Dutch; words.test.ts proves that nothing is missing in either.

import { codes } from './en-codes.ts'
import { invoices } from './en-count.ts'
import { duration } from './en-duration.ts'
import { events } from './en-events.ts'
import { healthWords } from './en-health.ts'
import { invoiceWords } from './en-invoice.ts'
import { mailWords } from './en-mail.ts'
import { placeWords } from './en-places.ts'
import { statusWords } from './en-status.ts'

export const en = {
  locale: 'en-GB',
  language: 'English',
  codes,
  duration,
  events,
  invoices,
  ...healthWords,
  ...invoiceWords,
  ...mailWords,
  ...placeWords,
  ...statusWords,

  nav: {
    skip: 'Skip to the content',
    main: 'Pages',
    overview: 'Overview',
    invoices: 'Invoices',
    customers: 'Customers',
    refused: 'Refused',
    tools: 'Tools',
    portal: 'Portal',
    logOut: 'Log out',
    readOnly: 'read-only',
    otherLanguage: 'Nederlands',
    live: 'This page keeps itself up to date.'
  },

  states: {
    waiting: 'on its way',
    sending: 'being sent',
    delivered: 'in the portal',
    held: 'needs you',
    dismissed: 'not sent'
  },

  login: {
    title: 'Log in',
    name: 'Your name',
    nameHint: 'If you give it, the history keeps what you do under this name.',
    token: 'Token',
    tokenHint: 'The OPERATOR_TOKEN from the settings of the bridge.',
    submit: 'Log in',
    wrong: 'That is not the token. Copy it again, without spaces.',
    locked: (minutes: number) =>
      `Too many wrong tokens from this address. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    expired: 'You were logged out after twelve hours. Log in, and what you just asked for will be done.',
    fileAgain: 'You were logged out after twelve hours. Log in, and choose the file again.',
    again: 'This form was too old. Log in once more.'
  },

  errors: {
    title: 'That did not work',
    notFound: 'There is nothing at this address.',
    noInvoice: (number: string) => `There is no invoice ${number}.`,
    unavailable: 'The ledger cannot be reached',
    unavailableHint:
      'Nothing is lost: senders try again by themselves. This page looks again every five seconds. If it lasts, look at the free disk space and at the log.',
    unexpected: 'Something broke that should not have',
    unexpectedHint: (id: string) => `The log has the reason, under request ${id}.`,
    readOnly: 'You logged in with the read-only token. Log in with OPERATOR_TOKEN to do this.',
    stale: 'This form was opened too long ago, or in another window. Go back, reload the page and try again.',
    fields: 'This cannot be read:',
    changed: 'Something changed in the meantime. This is how it is now; nothing was done.',
    portal: 'The portal or the tool does not answer now. Try again in a minute.',
    backTo: (place: string) => `Back to ${place}`,
    back: 'Back to the overview'
  },

  overview: {
    title: 'Overview',
    needsYou: (count: number) => (count === 1 ? '1 invoice needs you.' : `${count} invoices need you.`),
    allThere: 'Everything is in the portal.',
    monthThere: (count: number) =>
      count === 1
        ? 'The one invoice of this month is in the portal.'
        : count === 2
          ? 'Both invoices of this month are in the portal.'
          : `All ${count} invoices of this month are in the portal.`,
    onTheWay: (count: number) => (count === 1 ? '1 invoice is on its way.' : `${count} invoices are on their way.`),
    tokenRefused: 'The portal refuses the key: nothing is sent.',
    portalDown: 'The portal does not answer: everything waits.',
    reading: 'The portal is being read for the first time.',
    nothingYet: 'No invoice has come yet.',
    review: 'Review is on',
    reviewHint: 'Every invoice waits for you before anything is sent.',
    live: 'Live',
    liveHint: 'Invoices go to the portal by themselves.',
    sinceDate: (date: string) => `since ${date}`,
    attention: 'What needs you',
    nothing: 'Nothing needs you.',
    look: 'Look at it',
    all: (count: number) => `See all ${count}`,
    warnings: 'What the bridge warns of',
    waiting: 'On its way',
    waitingNow: (count: number, minutes: number) =>
      `${invoices(count)} waiting; at the pace of the portal that takes ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    sendingNow: (count: number) =>
      count === 1
        ? '1 is being sent, or its answer was lost and it is being looked for in the portal.'
        : `${count} are being sent, or their answers were lost and they are being looked for in the portal.`,
    noneWaiting: 'Nothing is waiting.',
    delivered: 'Delivered in thirty days',
    chart: (count: number) => `Invoices delivered on each of the last thirty days, ${count} in all`,
    perDay: (count: number, date: string) => `${date}: ${invoices(count)}`,
    median: (count: number, time: string) =>
      `${count === 1 ? 'It was' : 'Half of them were'} in the portal within ${time} of coming in.`,
    total: (count: number) => `${invoices(count)} in all.`,
    noneDelivered: 'Nothing was delivered in the last thirty days.',
    tools: 'Where invoices come from',
    portal: 'The portal'
  },

  checklist: {
    title: 'Before the first invoice',
    done: 'done',
    todo: 'to do',
    settings: 'Settings are complete',
    settingsHint: 'The bridge runs, so they are.',
    portal: 'The portal is read',
    portalHint: 'The bridge reads once what the portal holds already. Deliveries begin when that is done.',
    tool: 'A tool, or your own flow, is connected',
    toolHint: 'Enter this address there, as the address of the webhook:',
    asked: 'there is nothing to enter, the bridge asks by itself',
    test: 'A test, or a first invoice, has come',
    testHint:
      'Send one from your tool, or press "Send a test" on the page of the tools. It waits for you, and is not sent.',
    reviewed: 'The first invoice has been looked at and sent',
    reviewedHint: 'Compare what would be sent with your own invoice, and release it.',
    live: 'Review is switched off',
    liveHint: 'When you trust the bridge: set REVIEW=false, and start it again. Invoices then go by themselves.'
  },

  list: {
    title: 'Invoices',
    search: 'Search',
    searchHint: 'A part of the number, the name or the e-mail address.',
    state: 'State',
    code: 'Reason',
    tool: 'From',
    any: 'all',
    since: 'Came in from',
    until: 'Came in up to',
    filter: 'Show',
    clear: 'Show all',
    more: 'More filters',
    number: 'Number',
    customer: 'Customer',
    amount: 'Amount',
    issued: 'Issued',
    none: 'No invoice matches.',
    newest: 'Newest first',
    next: 'Older invoices',
    first: 'Back to the newest',
    hidden: 'hidden',
    showPersonal: 'Show names',
    hidePersonal: 'Hide names',
    actTitle: 'All that match',
    actHint: 'First you see how many invoices there are, and what will happen.',
    deliverAll: 'Send all that match…',
    dismissAll: 'Send none that match…'
  },

  bulk: {
    deliverTitle: (count: number) => `Send ${invoices(count)} to the portal?`,
    dismissTitle: (count: number) => `Put ${invoices(count)} aside?`,
    deliverHint:
      'They wait for review, and go to the portal as they were shown. No other reason for holding an invoice is overruled.',
    dismissHint: 'They are put aside, and can be taken up again one by one.',
    leftOut: (count: number) =>
      count === 1
        ? '1 more matches, and is left out: it waits for another decision, or was sent before.'
        : `${count} more match, and are left out: they wait for another decision, or were sent before.`,
    none: 'None of the matching invoices can be handled together.',
    deliver: (count: number) => `Yes, send ${invoices(count)}`,
    dismiss: (count: number) => `Yes, put ${invoices(count)} aside`,
    cancel: 'No, back to the list',
    back: 'Back to the list',
    delivered: (count: number) => `${invoices(count)} ${count === 1 ? 'goes' : 'go'} to the portal now.`,
    dismissed: (count: number) => `${invoices(count)} ${count === 1 ? 'is' : 'are'} put aside.`,
    changed: (count: number) =>
      `The matching invoices have changed: now ${count} ${count === 1 ? 'matches' : 'match'}. Nothing was done; look again.`
  }
}

export type Words = typeof en
