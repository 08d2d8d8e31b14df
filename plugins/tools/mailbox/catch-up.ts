// The mailbox is the queue: a mail is moved on once what it brings is kept. If the bridge ends in between, it reads
// the mail again, and already knows what it brings.

import type { Instant } from '../../../src/core/clock.ts'
import { type Mailbox, openMailbox } from './imap.ts'
import { type Found, tell } from './mail.ts'
import { type Connection, folders } from './settings.ts'

// A question that goes further back than the bridge's own means that it may have lost its ledger, or that a person
// wants older invoices: then it reads again what it read before.
const againAfterMs = 3 * 3_600_000

export async function* missed(since: Instant, connection: Connection, stopped: AbortSignal): AsyncGenerator<Found> {
  const mailbox = await openMailbox(connection, stopped)
  try {
    for (const folder of await mailbox.missing(Object.values(folders))) await mailbox.make(folder)
    yield* takeOff(mailbox, connection)
    if (connection.clock.now() - since > againAfterMs) yield* readAgain(mailbox, since, connection)
  } finally {
    await mailbox.close()
  }
}

/** For each mailbox, the mails at which the connection ended: they come last, so that the others get their turn. */
const hard = new WeakMap<Connection['settings'], Set<number>>()

async function* takeOff(mailbox: Mailbox, connection: Connection): AsyncGenerator<Found> {
  const { settings } = connection
  const last = hard.getOrInsertComputed(settings, () => new Set())
  const uids = await mailbox.open(settings.EMAIL_FOLDER)
  const inOrder = uids.toSorted((a, b) => Number(last.has(a)) - Number(last.has(b)))
  yield* oneByOne(inOrder, mailbox, async function* (uid) {
    last.add(uid)
    try {
      yield* takeOne(uid, mailbox, connection)
    } finally {
      if (mailbox.isOpen()) last.delete(uid)
    }
  })
}

/** An item that the host does not hand out must not keep the others waiting. */
async function* oneByOne<Item>(
  items: Item[],
  mailbox: Mailbox,
  tellOf: (item: Item) => AsyncGenerator<Found>
): AsyncGenerator<Found> {
  let failure: unknown
  for (const item of items) {
    try {
      yield* tellOf(item)
    } catch (error) {
      if (!mailbox.isOpen()) throw error
      failure ??= error
    }
  }
  if (failure !== undefined) throw failure
}

async function* takeOne(uid: number, mailbox: Mailbox, connection: Connection): AsyncGenerator<Found> {
  const mail = await mailbox.mail(uid)
  if (mail === null) return
  let isRead = true
  for await (const found of tell(mail, { ...connection, mailbox })) {
    // If another program takes the mail away meanwhile, a part may be missing.
    if (!('invoice' in found) && !(await mailbox.holds(uid))) return
    isRead &&= 'invoice' in found
    yield found
  }
  await mailbox.move(uid, isRead ? folders.read : folders.unread)
}

async function* readAgain(mailbox: Mailbox, since: Instant, connection: Connection): AsyncGenerator<Found> {
  // In the folder for unread mails, too: some parts of those may have been read.
  yield* oneByOne(Object.values(folders), mailbox, async function* (folder) {
    yield* oneByOne(await mailbox.open(folder, since), mailbox, async function* (uid) {
      const mail = await mailbox.mail(uid)
      if (mail === null) return
      for await (const found of tell(mail, { ...connection, mailbox }))
        yield 'problem' in found ? { ...found, again: true } : found
    })
  })
}

export const news = async (connection: Connection, stopped: AbortSignal): Promise<void> => {
  const mailbox = await openMailbox(connection, stopped)
  try {
    await mailbox.arrival(connection.settings.EMAIL_FOLDER)
  } finally {
    await mailbox.close()
  }
}
