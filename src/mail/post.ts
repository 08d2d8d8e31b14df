// Hands a letter to the mail server.

import type { Letter } from './letter.ts'

export type Post = { send: (letter: Letter) => Promise<void>; close: () => void }

export type PostOptions = { url: string; from: string; to: string }

const timeoutMs = 20_000

/** A password goes to another machine only through TLS. */
const isLocal = (url: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)

export const openPost = async ({ url, from, to }: PostOptions): Promise<Post> => {
  // An owner who gets no mails does not pay for this in memory.
  const { createTransport } = await import('nodemailer')
  const address = new URL(url)
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(address.protocol === 'smtp:' && address.password !== '' && !isLocal(address) ? { requireTLS: true } : {})
  })
  return {
    send: async ({ subject, text }) => {
      await transport.sendMail({ from, to, subject, text, headers: { 'auto-submitted': 'auto-generated' } })
    },
    close: () => transport.close()
  }
}
