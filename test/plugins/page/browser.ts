// A browser without a window: keeps cookies, follows where it is sent, and fills in forms as they stand on the page.

import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'

export type Shown = { status: number; url: string; html: string; headers: LightMyRequestResponse['headers'] }

export const openBrowser = (app: FastifyInstance, headers: Record<string, string> = { 'accept-language': 'en' }) => {
  const cookies = new Map<string, string>()
  let at: Shown = { status: 0, url: '', html: '', headers: {} }

  const ask = async (options: InjectOptions & { url: string }): Promise<Shown> => {
    const answer = await app.inject({
      ...options,
      headers: { ...headers, cookie: [...cookies].map(pair => pair.join('=')).join('; '), ...options.headers }
    })
    for (const { name, value } of answer.cookies) {
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    at = { status: answer.statusCode, url: options.url, html: answer.payload, headers: answer.headers }
    const to = answer.headers.location
    if (typeof to !== 'string') return at
    return answer.statusCode === 307 ? ask({ ...options, url: to }) : ask({ url: to })
  }

  const open = (url: string) => ask({ url })

  /** The form of the page at this address of its own, as it stands there, with what is typed into it. */
  const submit = (action: string, typed: Record<string, string> = {}): Promise<Shown> => {
    const form = formsIn(at.html).find(form => form.action === action)
    if (!form) throw new Error(`no form ${action} at ${at.url}: ${formsIn(at.html).map(({ action }) => action)}`)
    return post(action, { ...form.fields, ...typed })
  }

  const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Shown> =>
    ask({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams(fields).toString()
    })

  return {
    cookies,
    open,
    ask,
    submit,
    post,
    at: () => at,
    logIn: async (token: string, name = 'Sanne') => {
      await open('/login')
      return submit('/login', { token, name })
    }
  }
}

export type Browser = ReturnType<typeof openBrowser>

const plain = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

export const formsIn = (html: string): { action: string; fields: Record<string, string> }[] =>
  [...html.matchAll(/<form[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map(([, action = '', body = '']) => ({
    action: plain(action),
    fields: Object.fromEntries(
      [...body.matchAll(/<input[^>]*>/g)].flatMap(([input]) => {
        const [, name] = /name="([^"]*)"/.exec(input) ?? []
        return name ? [[plain(name), plain(/value="([^"]*)"/.exec(input)?.[1] ?? '')]] : []
      })
    )
  }))
