// The operator's API, described for machines.

const text = { type: 'string' }
const maybeText = { type: ['string', 'null'] }
const maybeInstant = { type: ['string', 'null'], format: 'date-time' }
const count = { type: 'integer', minimum: 0 }

const json = (schema: object, description: string) => ({
  description,
  content: { 'application/json': { schema } }
})
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
})
const refusals = {
  401: problem('The operator token is missing or wrong.'),
  429: problem('Too many wrong tokens.')
}

const invoiceNumber = {
  name: 'invoiceNumber',
  in: 'path',
  required: true,
  description: 'Percent-encoded. Case and surrounding white space do not matter.',
  schema: text
}

const filter = (name: string, description: string, schema: object = text) => ({
  name,
  in: 'query',
  description,
  schema
})

const action = (operationId: string, summary: string) => ({
  post: {
    operationId,
    summary,
    parameters: [invoiceNumber],
    responses: {
      200: json({ $ref: '#/components/schemas/Invoice' }, 'The invoice, as it stands now.'),
      404: problem('No invoice has this number.'),
      409: problem('Its state does not allow this.'),
      ...refusals
    }
  }
})

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

export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'Factuurbrug',
    version: '1',
    summary: 'What the bridge holds, and what a person says about it.'
  },
  security: [{ operator: [] }],
  paths: {
    '/api/summary': {
      get: {
        operationId: 'summary',
        summary: 'How many invoices stand where',
        responses: { 200: json({ $ref: '#/components/schemas/Summary' }, 'The counts.'), ...refusals }
      }
    },
    '/api/invoices': {
      get: {
        operationId: 'listInvoices',
        summary: 'Invoices, newest first',
        parameters: [
          filter('state', 'Of one state.'),
          filter('code', 'Of one code.'),
          filter('tool', 'Of one tool.'),
          filter('q', "The beginning of a number, or the whole of a customer's reference."),
          filter('limit', 'How many.', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
          filter('cursor', 'The `next` of the page before.')
        ],
        responses: {
          200: json(
            {
              type: 'object',
              properties: {
                invoices: { type: 'array', items: { $ref: '#/components/schemas/Invoice' } },
                next: maybeText
              }
            },
            'A page.'
          ),
          422: problem('A filter cannot be read.'),
          ...refusals
        }
      }
    },
    '/api/invoices/{invoiceNumber}': {
      get: {
        operationId: 'getInvoice',
        summary: 'One invoice with its history',
        parameters: [invoiceNumber],
        responses: {
          200: json(
            {
              allOf: [
                { $ref: '#/components/schemas/Invoice' },
                {
                  type: 'object',
                  properties: {
                    history: {
                      type: 'array',
                      items: { type: 'object', properties: { at: text, event: text } }
                    }
                  }
                }
              ]
            },
            'The invoice.'
          ),
          404: problem('No invoice has this number.'),
          ...refusals
        }
      }
    },
    '/api/invoices/{invoiceNumber}/deliver': action('deliver', 'Delivers now, or releases what is held'),
    '/api/invoices/{invoiceNumber}/dismiss': action(
      'dismiss',
      'Does not deliver it, or clears the note of a delivered one'
    ),
    '/api/invoices/{invoiceNumber}/take': action('take', 'Conflict: takes the other facts'),
    '/api/invoices/{invoiceNumber}/keep': action('keep', 'Conflict: keeps these facts')
  },
  components: {
    securitySchemes: { operator: { type: 'http', scheme: 'bearer', description: 'OPERATOR_TOKEN' } },
    schemas: {
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
          oldestWaitingAt: maybeInstant,
          oldestSendingAt: maybeInstant,
          portal: { type: 'object' },
          tools: { type: 'array', items: { type: 'object' } }
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
  }
}
