// What the pages of refusals, customers, tools and the portal say, in English.

import { invoices } from './en-count.ts'

export const placeWords = {
  refused: {
    title: 'Refused requests',
    hint: 'What arrived and was not kept: authentic but unreadable, or not proven to come from your tool. Its contents are never kept.',
    none: 'Nothing was refused.',
    noneFound: 'No request was refused in which this number could be read.',
    authentic: 'Authentic, but unreadable',
    unproven: 'Not proven',
    at: 'Time',
    tool: 'For',
    client: 'From',
    why: 'Why',
    times: 'Times',
    fields: 'Fields',
    older: 'Older ones'
  },

  customers: {
    title: 'Customers',
    hint: 'Which customer of your tool is which customer of the portal.',
    needLink: 'These need a link first',
    none: 'No customer needs a link.',
    noneLinked: 'No customer is linked yet.',
    noneSearched: 'No customer matches.',
    linked: 'Linked',
    all: 'All',
    withoutLink: 'Without a link',
    search: 'Search',
    tool: 'From',
    reference: 'Reference',
    candidates: 'Might be',
    link: (name: string) => `Link to ${name}`,
    unlink: 'Remove the link',
    unlinked: (name: string, at: string) => `Link to ${name} removed, ${at}`,
    unlinkHint: 'Later invoices of this customer wait for you again.',
    portalCustomer: 'In the portal',
    how: {
      person: 'by a person',
      email: 'by the e-mail address',
      created: 'made by the bridge'
    },
    exportCsv: 'Save all links as CSV',
    importCsv: 'Read links from a CSV file',
    importHint: 'Columns: tool, ref, portalId. If a single line is wrong, nothing in the file is taken.',
    file: 'CSV file',
    import: 'Read the file',
    imported: (count: number) => `${count} ${count === 1 ? 'link was' : 'links were'} read.`,
    next: 'More customers',
    choose: 'Choose another customer',
    chooseFirst: 'Choose the customer',
    who: 'Who is this in the portal?',
    noneFound: 'The portal has no such customer.'
  },

  tools: {
    title: 'Tools',
    failed: 'That was not found.',
    own: 'Own flow',
    on: 'on',
    off: 'not set up',
    others: (count: number) => `Others that can be connected (${count})`,
    othersHint: 'Whoever runs the bridge sets what is missing. The manual says how, for each of them.',
    address: 'Address for webhooks',
    addressHint: 'Enter this in the tool, or in your flow.',
    secretMissing: (name: string) =>
      `${name} is missing: webhooks cannot be proven, so nothing that they bring is kept.`,
    settings: 'Settings',
    present: 'set',
    missing: 'not set',
    lastEvent: 'Last invoice',
    never: 'none yet',
    lastAsked: 'Last asked what was missed',
    catchUp: 'Ask what was missed',
    catchUpHint: 'Asks the tool for every invoice since this date, also those from before the bridge began.',
    since: 'since',
    ask: 'Ask now',
    found: (accepted: number, duplicate: number) =>
      `${accepted === 0 ? 'Nothing new' : `${invoices(accepted)} new`}; ${duplicate} known already.`,
    foundMore: (conflict: number, unreadable: number) =>
      [
        conflict > 0 ? `${conflict} with other facts than before` : '',
        unreadable > 0 ? `${unreadable} could not be read` : ''
      ]
        .filter(Boolean)
        .join('; '),
    running: 'The tool is still being asked. So far:',
    how: 'How it is going',
    fetch: 'Fetch one invoice again',
    fetchLabel: 'its number, or its id in the tool',
    fetchDo: 'Fetch it',
    check: 'Check the connection',
    test: 'Send a test',
    testHint: 'A sample invoice arrives as if from this sender and waits for you. It is never sent by itself.'
  },

  portal: {
    title: 'The portal',
    address: 'Address',
    state: 'Connection',
    open: 'answers',
    down: (since: string) => `has not answered since ${since}`,
    refused: 'refuses PORTAL_TOKEN: make a new key in the portal, set it, and start the bridge again',
    token: 'Key',
    budget: 'Requests',
    budgetNow: (taken: number, perMinute: number) => `${taken} of ${perMinute} in this minute`,
    paused: (seconds: number) => `The portal asked for a pause, for another ${seconds} seconds.`,
    filling: 'First reading',
    fillingNow: (pages: number) =>
      `${pages === 1 ? '1 page' : `${pages} pages`} so far; deliveries begin when it is done.`,
    read: 'Read',
    readDone: 'The bridge knows what the portal holds.',
    backlog: 'Backlog',
    bills: 'What the portal bills you',
    billsNone: 'No bill.',
    billsShow: 'Ask the portal for them',
    billsFailed: 'The portal does not show its bills now.',
    billsForbidden: 'The portal refuses: PORTAL_TOKEN needs the right businessoperations.read for this.',
    billsMore: 'More bills',
    billNumber: 'Number',
    billIssued: 'Issued',
    billTotal: 'Total',
    unpaid: 'not paid',
    paid: 'paid',
    search: 'Search the customers of the portal',
    customer: 'Customer',
    city: 'City',
    id: 'Id'
  },

  warnings: {
    ledger: 'The ledger',
    worker: 'The worker',
    waiting: 'Waiting too long',
    doubt: 'In doubt for a long time',
    attention: 'Needs a person',
    portal: 'The portal',
    copy: 'Reading the portal',
    budget: 'Requests to the portal',
    tools: 'A tool',
    unprovenRequests: 'Unproven requests',
    numbers: 'Numbers that look alike',
    catchUp: 'Asking a tool',
    mail: 'Mails to you',
    other: 'The bridge'
  }
}

export type PlaceWords = typeof placeWords
