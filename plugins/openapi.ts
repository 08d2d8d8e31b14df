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
      200: json(
        {
          allOf: [
            { $ref: '#/components/schemas/Invoice' },
            {
              type: 'object',
              properties: { changed: { type: 'boolean', description: 'False: there was nothing to do.' } }
            }
          ]
        },
        'The invoice, as it stands now.'
      ),
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
    type: ['object', 'null'],
    description: 'The other facts under its number.',
    properties: {
      from: { type: 'string', description: "A tool, or the portal's id." },
      customer: maybeText,
      amount: maybeText,
      currency: maybeText,
      issuedAt: maybeText
    }
  },
  history: {
    type: 'array',
    items: { type: 'object', properties: { at: text, event: text } }
  }
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
                  properties: wholeProperties
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
    '/api/invoices/{invoiceNumber}/keep': action('keep', 'Conflict: keeps these facts'),
    '/api/customers': {
      get: {
        operationId: 'listCustomers',
        summary: "The tools' customers with their link, latest first",
        parameters: [
          filter('linked', 'Only those that are linked, or are not.', { type: 'boolean' }),
          filter('limit', 'How many.', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
          filter('cursor', 'The `next` of the page before.')
        ],
        responses: {
          200: json(
            {
              type: 'object',
              properties: {
                customers: { type: 'array', items: { $ref: '#/components/schemas/Customer' } },
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
    '/api/customers/{tool}/{ref}': {
      parameters: [
        { name: 'tool', in: 'path', required: true, schema: text },
        {
          name: 'ref',
          in: 'path',
          required: true,
          description: "The tool's own id of its customer, percent-encoded. Case does not matter.",
          schema: text
        }
      ],
      put: {
        operationId: 'linkCustomer',
        summary: 'Says whose it is in the portal, and releases what waited for it',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['portalId'],
                properties: { portalId: { type: 'string', examples: ['cst_…'] } }
              }
            }
          }
        },
        responses: {
          200: json({ $ref: '#/components/schemas/Customer' }, 'The customer, as it stands now.'),
          422: problem('The tool or the portal customer does not exist.'),
          502: problem('The portal has to be asked for this customer, and does not answer.'),
          ...refusals
        }
      },
      delete: {
        operationId: 'unlinkCustomer',
        summary: 'Removes the link; it is not matched with the same portal customer by itself again',
        responses: {
          200: json({ $ref: '#/components/schemas/Customer' }, 'The customer, as it stands now.'),
          404: problem('There is no such link.'),
          422: problem('The tool does not exist.'),
          ...refusals
        }
      }
    },
    '/api/portal/customers': {
      get: {
        operationId: 'searchPortalCustomers',
        summary: "The portal's customers, from the bridge's copy",
        parameters: [
          filter('q', 'A part of the name or e-mail address, or the whole id.'),
          filter('limit', 'How many.', { type: 'integer', minimum: 1, maximum: 200, default: 50 })
        ],
        responses: {
          200: json(
            {
              type: 'object',
              properties: {
                customers: { type: 'array', items: { $ref: '#/components/schemas/PortalCustomer' } }
              }
            },
            'Those found.'
          ),
          422: problem('A filter cannot be read.'),
          ...refusals
        }
      }
    },
    '/api/catch-up': {
      post: {
        operationId: 'catchUp',
        summary: 'Asks a tool now what its webhooks missed',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['tool', 'since'],
                properties: { tool: text, since: { type: 'string', format: 'date' } }
              }
            }
          }
        },
        responses: {
          200: json({ $ref: '#/components/schemas/Found' }, 'What it told of, by what became of it.'),
          422: problem('A field cannot be read, or the tool has no API that can be asked.'),
          502: problem('The tool does not answer, or refuses its token.'),
          ...refusals
        }
      }
    }
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
      Found: {
        type: 'object',
        properties: { accepted: count, duplicate: count, conflict: count, ignored: count }
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
  }
}
