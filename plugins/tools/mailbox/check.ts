// Checks whether the bridge gets into the mailbox, and what it makes of the newest mail in it. Changes nothing.

import { bad, type Finding, type Found, good, lookAt } from '../../../src/tools/finding.ts'
import { type Mailbox, openMailbox } from './imap.ts'
import { tell } from './mail.ts'
import { type Connection, folders } from './settings.ts'

const never = new AbortController().signal

export const check = async (_address: string | null, connection: Connection): Promise<Finding[]> => {
  let mailbox: Mailbox | undefined
  const login = await lookAt('login', async () => {
    mailbox = await openMailbox(connection, never)
    return good('takes EMAIL_USER')
  })
  if (!mailbox) return [login]
  const opened = mailbox
  try {
    const found = await lookAt('folders', () => lookAtFolders(opened, connection))
    const newest = found.ok ? [await lookAt('newest mail', () => lookAtNewest(opened, connection))] : []
    return [login, found, ...newest, { what: 'proof', ...lookAtProof(connection) }]
  } finally {
    await opened.close()
  }
}

const lookAtFolders = async (mailbox: Mailbox, { settings: { EMAIL_FOLDER } }: Connection): Promise<Found> => {
  if ((await mailbox.missing([EMAIL_FOLDER])).length > 0)
    return bad(`there is no ${EMAIL_FOLDER}: set EMAIL_FOLDER to one of ${(await mailbox.folders()).join(', ')}`)
  await mailbox.open(EMAIL_FOLDER)
  if (!mailbox.releases()) return bad(`EMAIL_USER may only read ${EMAIL_FOLDER}: let it move mails out of it, too`)
  const missing = await mailbox.missing(Object.values(folders))
  const made = missing.length === 0 ? '' : `; ${missing.join(' and ')} will be made`
  return good(`${EMAIL_FOLDER} is read, then mails go to ${Object.values(folders).join(' or ')}${made}`)
}

const lookAtProof = ({ settings: { EMAIL_ADDRESS, EMAIL_SENDERS } }: Connection): Found => {
  if (EMAIL_ADDRESS === undefined && EMAIL_SENDERS === undefined)
    return {
      ...good(
        'only EMAIL_SUPPLIER_ID, which is no secret: anybody may mail an invoice in your name. Set EMAIL_ADDRESS'
      ),
      note: true
    }
  const asked = [EMAIL_ADDRESS && 'EMAIL_ADDRESS', EMAIL_SENDERS && 'EMAIL_SENDERS', 'EMAIL_SUPPLIER_ID']
  return good(`what a mail has to match: ${asked.filter(Boolean).join(', ')}`)
}

/** If every mail was read already, the newest is one of those. */
const lookAtNewest = async (mailbox: Mailbox, connection: Connection): Promise<Found> => {
  const toLookAt = [connection.settings.EMAIL_FOLDER, folders.read]
  const missing = await mailbox.missing(toLookAt)
  for (const folder of toLookAt.filter(folder => !missing.includes(folder))) {
    const uid = (await mailbox.open(folder)).at(-1)
    const mail = uid === undefined ? null : await mailbox.mail(uid)
    if (mail === null) continue
    const found = await Array.fromAsync(tell(mail, { ...connection, mailbox }))
    const words = found.map(one => {
      if ('reason' in one) return `it is ${one.reason}`
      if ('problem' in one) return `it would be held. ${one.problem}`
      return `it brings ${one.invoice.invoiceNumber}, ${one.pdf ? 'with' : 'without'} a PDF`
    })
    const isWrong = found.some(one => !('invoice' in one))
    return { ...good(`in ${folder}: ${words.join('; ')}`), ...(isWrong ? { note: true } : {}) }
  }
  return good('there is none yet: mail an invoice to it, and run this again')
}
