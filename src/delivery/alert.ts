// Tells the operator, at an address of their choice or by mail, that something needs a person. A lost message does no
// harm, because the ledger remembers, and health keeps warning.

import got from 'got'
import { advice, type Code } from '../core/codes.ts'
import type { Log } from '../core/log.ts'
import type { Notice } from '../core/notice.ts'

/** `what`: what happened, if that says more than the code. */
export type Alert = (code: Code, invoiceNumber: string | null, what?: string) => void

/** What health warns of: in English, and as it is mailed, in the language of the owner. */
export type Said = { output: string; mailed: string }
export type AlertOfWarning = (what: Said) => void

/** Whatever caused a pause of all deliveries, or a warning, is over. */
export type AlertOfEnd = (what: { code: Code } | Said) => void

/** `note` is called with all of it, too. */
export type AlertOptions = {
  url: string | undefined
  publicUrl: string
  log: Log
  note?: ((notice: Notice) => void) | undefined
}

const alertTimeoutMs = 10_000

// A storm of held invoices must not become a storm of connections. Health and the list of invoices show the rest.
const underWayMax = 20

export const createAlert = ({
  url,
  publicUrl,
  log,
  note = () => {}
}: AlertOptions): { alert: Alert; warn: AlertOfWarning; over: AlertOfEnd } => {
  let underWay = 0

  const send = (text: string, code: string, invoiceNumber: string | null): void => {
    if (url === undefined || underWay >= underWayMax) return
    underWay += 1
    got
      .post(url, {
        json: { text, code, invoiceNumber },
        timeout: { request: alertTimeoutMs },
        retry: { limit: 0 },
        followRedirect: false
      })
      .then(
        () => log.debug({ code, invoiceNumber }, 'alert sent'),
        (error: { code?: string }) => log.warn({ code, invoiceNumber, cause: error.code }, 'alert could not be sent')
      )
      .finally(() => {
        underWay -= 1
      })
  }

  return {
    alert(code, invoiceNumber, own) {
      note({ kind: 'alert', code, invoiceNumber, text: own ?? null })
      const what = own ?? advice[code].what
      const subject = invoiceNumber === null ? 'Factuurbrug' : `Invoice ${invoiceNumber}`
      const text = `${subject}: ${code}. ${sentence(what)} ${advice[code].operator} (${publicUrl})`
      send(text, code, invoiceNumber)
    },
    warn({ output, mailed }) {
      note({ kind: 'warning', code: null, invoiceNumber: null, text: mailed })
      send(`Factuurbrug: ${output} (${publicUrl})`, 'WARNING', null)
    },
    over(what) {
      const [code, text] = 'code' in what ? [what.code, null] : [null, what.mailed]
      note({ kind: 'over', code, invoiceNumber: null, text })
      const ended = 'code' in what ? advice[what.code].what : what.output
      send(`Factuurbrug: over: ${ended} (${publicUrl})`, 'RECOVERED', null)
    }
  }
}

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)
