// What the operator's API answers, described for machines.

export const text = { type: 'string' }
export const maybeText = { type: ['string', 'null'] }
const maybeInstant = { type: ['string', 'null'], format: 'date-time' }
const count = { type: 'integer', minimum: 0 }

const invoiceProperties = {
  invoiceNumber: text,
  tool: text,
  state: { enum: ['waiting', 'sending', 'delivered', 'held', 'dismissed'] },
  code: maybeText,
  advice: { type: ['object', 'null'], properties: { what: text, operator: text } },
  customer: { type: 'object', properties: { ref: text, portalId: maybeText, name: maybeText } },
  amount: { type: 'string', examples: ['121.00'] },
  currency: text,
  issuedAt: { type: 'string', format: 'date' },
  dueAt: maybeText,
  paidAt: maybeInstant,
  portalId: maybeText,
  receivedAt: { type: 'string', format: 'date-time' },
  deliveredAt: maybeInstant,
  nextAttemptAt: maybeInstant,
  attempts: count,
  notify: { type: 'boolean', description: 'Whether the portal mails the customer.' },
  test: { type: 'boolean' },
  wouldSend: { type: ['object', 'null'], description: 'In review: exactly what would be sent.' }
}

/** What two events of one number may differ in. */
export const facts = {
  type: 'object',
  properties: {
    from: { type: 'string', description: "A tool, or the portal's id." },
    customer: maybeText,
    amount: maybeText,
    currency: maybeText,
    issuedAt: maybeText
  }
}

/** Of one invoice only, beside the others. */
export const wholeProperties = {
  detail: { ...maybeText, description: 'The last failure in its own words.' },
  paused: { ...maybeText, description: 'Why nothing that waits is sent now.' },
  portalCustomer: {
    type: ['object', 'null'],
    properties: {
      id: text,
      name: { ...maybeText, description: 'As the portal calls it.' },
      how: { enum: ['invoice', 'person', 'email', 'created', null] }
    }
  },
  pdf: {
    type: 'object',
    properties: { bytes: { type: ['integer', 'null'] }, url: maybeText }
  },
  conflict: {
    ...facts,
    type: ['object', 'null'],
    description: 'The other facts under its number.'
  },
  history: {
    type: 'array',
    items: { type: 'object', properties: { at: text, event: text } }
  }
}

export const schemas = {
  Invoice: { type: 'object', properties: invoiceProperties },
  Summary: {
    type: 'object',
    properties: {
      waiting: count,
      sending: count,
      delivered: count,
      held: count,
      dismissed: count,
      attention: { ...count, description: 'Held, or delivered with a code.' },
      attentionTo: {
        type: 'array',
        description: 'What these are, most first.',
        items: {
          type: 'object',
          properties: { state: { enum: ['held', 'delivered'] }, code: text, invoices: count }
        }
      },
      oldestWaitingAt: maybeInstant,
      oldestSendingAt: maybeInstant,
      portal: { type: 'object' },
      tools: { type: 'array', items: { type: 'object' } },
      warnings: {
        type: 'array',
        description: 'What health warns of.',
        items: { type: 'object', properties: { check: text, tool: maybeText, output: text } }
      }
    }
  },
  Found: {
    type: 'object',
    properties: {
      accepted: count,
      duplicate: count,
      conflict: count,
      ignored: count,
      unreadable: { ...count, description: 'Held as EVENT_UNREADABLE.' },
      running: { const: true, description: 'With 202 only.' }
    }
  },
  Customer: {
    type: 'object',
    properties: {
      tool: text,
      ref: text,
      name: maybeText,
      emails: { type: 'array', items: text },
      address: maybeText,
      zipCode: maybeText,
      city: maybeText,
      countryCode: maybeText,
      link: {
        type: ['object', 'null'],
        properties: {
          portalId: text,
          name: { ...maybeText, description: 'As the portal calls it.' },
          how: { enum: ['person', 'email', 'created'] },
          at: { type: 'string', format: 'date-time' }
        }
      }
    }
  },
  PortalCustomer: {
    type: 'object',
    properties: {
      id: text,
      companyName: maybeText,
      primaryEmail: maybeText,
      city: maybeText,
      integration: { ...maybeText, description: 'The bookkeeping that the portal itself links it to.' }
    }
  },
  Problem: {
    type: 'object',
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: text,
      detail: text,
      problems: { type: 'array', items: { type: 'object', properties: { field: text, message: text } } }
    }
  }
}
