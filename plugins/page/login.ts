// Logging in: a token, and the name under which the history keeps what a person does. After a session that ended in the
// middle of a form, the person logs in and the form is sent on as it was.

import type { FastifyRequest } from 'fastify'
import { html } from 'hono/html'
import { form, notice, type Page, type View } from './layout.ts'
import { nameCharactersMax } from './session.ts'

export type Login = {
  /** Where to go next. */
  to: string
  /** The fields of the form that is sent on. */
  kept?: [name: string, value: string][]
  /** The request was a form, which is sent on; a form with a file cannot be. */
  resumes?: boolean
  isExpired?: boolean
  problem?: string
  name?: string
}

// More than any form of the page has.
const fieldsMax = 40

// The login's own fields: never kept, and no other form uses these names.
const own: readonly string[] = ['token', 'name', 'to', 'resumes', '_csrf']

/** The fields of a form, to be sent on later. A file is not kept. */
export const keptIn = ({ body }: Pick<FastifyRequest, 'body'>): [string, string][] =>
  Object.entries((body ?? {}) as Record<string, unknown>)
    .flatMap(([name, value]) =>
      typeof value === 'string' && !own.includes(name) ? [[name, value] as [string, string]] : []
    )
    .slice(0, fieldsMax)

/** Only addresses in this bridge: one that begins with two slashes leads to another host. */
export const isOurs = (to: string): boolean => /^\/(?![/\\])[^\s\\]*$/.test(to)

export const loginPage = (
  view: View,
  { to, kept = [], resumes = false, isExpired = false, problem, name = '' }: Login
): Page => {
  const { login } = view.words
  return {
    title: login.title,
    body: html`<div class="login">
<h1>${login.title}</h1>
${problem ? notice(problem, true) : isExpired ? notice(resumes ? login.expired : login.fileAgain) : ''}
${form(
  view,
  '/login',
  html`<input type="hidden" name="to" value="${isOurs(to) ? to : '/'}">
${resumes ? html`<input type="hidden" name="resumes" value="yes">` : ''}
${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<label for="name">${login.name}</label>
<input id="name" name="name" value="${name}" autocomplete="username" maxlength="${nameCharactersMax}" aria-describedby="name-hint">
<p class="hint" id="name-hint">${login.nameHint}</p>
<label for="token">${login.token}</label>
<input id="token" name="token" type="password" autocomplete="current-password" required aria-describedby="token-hint">
<p class="hint" id="token-hint">${login.tokenHint}</p>
<button class="main">${login.submit}</button>`
)}
</div>`
  }
}
