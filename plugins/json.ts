// Many programs name JSON as the type of each request, of one without a body as well: that one says nothing.

import fp from 'fastify-plugin'

export default fp(
  async app => {
    const parse = app.getDefaultJsonParser('error', 'error')
    app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) =>
      body === '' ? done(null) : parse(request, body, done)
    )
  },
  { name: 'json' }
)
