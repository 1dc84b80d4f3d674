// What people do with the official Anthropic client, done to `exobrain serve` over an OpenAI-compatible provider.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import Anthropic from '@anthropic-ai/sdk';

import { World } from './support.js';

const models = ['echo', 'text:20', 'text:5000:5', 'tools', 'reasoning', 'status:500', 'status:429', 'cut:2', 'silent'];
const weather = {
  name: 'lookUpWeather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};
let world;
let client;

before(async () => {
  world = await World.create({ models, settings: { limits: { requestTimeout: 1500 } } });
  client = new Anthropic({ baseURL: world.url, apiKey: 'none needed on loopback', maxRetries: 0 });
});
after(() => world?.close());

const ask = (content) => [{ role: 'user', content }];

async function failureOf(promise) {
  try {
    await promise;
  } catch (failure) {
    return failure;
  }
  return assert.fail('it should have failed');
}

test('answers a message with usage and a stop reason', async () => {
  const message = await client.messages.create({ model: 'echo', max_tokens: 100, messages: ask('Hello 世界') });
  assert.equal(message.type, 'message');
  assert.equal(message.role, 'assistant');
  assert.deepEqual(message.content, [{ type: 'text', text: 'Hello 世界' }]);
  assert.equal(message.stop_reason, 'end_turn');
  assert.ok(message.usage.output_tokens > 0);
  assert.ok(message._request_id);
});

test('streams a message that adds up to the whole answer', async () => {
  const stream = client.messages.stream({ model: 'text:20', max_tokens: 100, messages: ask('go on') });
  const pieces = [];
  stream.on('text', (text) => pieces.push(text));
  const message = await stream.finalMessage();
  assert.ok(pieces.length > 1, `${pieces.length} pieces`);
  assert.equal(message.content.length, 1);
  assert.equal(message.content[0].text, pieces.join(''));
  assert.equal(message.stop_reason, 'end_turn');
  assert.ok(message.usage.output_tokens > 0);
});

test('calls a tool, whole and streamed, and takes its result', async () => {
  const request = { model: 'tools', max_tokens: 100, tools: [weather], messages: ask('weather in 北京?') };
  const whole = await client.messages.create(request);
  assert.equal(whole.stop_reason, 'tool_use');
  const call = whole.content.find((block) => block.type === 'tool_use');
  assert.ok(call.id);
  assert.equal(typeof call.input, 'object');
  const streamed = await client.messages.stream(request).finalMessage();
  const same = streamed.content.find((block) => block.type === 'tool_use');
  assert.deepEqual(same.input, call.input);
  assert.equal(streamed.stop_reason, 'tool_use');
  const next = await client.messages.create({
    ...request,
    model: 'echo',
    messages: [
      ...request.messages,
      { role: 'assistant', content: whole.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] },
    ],
  });
  assert.equal(next.type, 'message');
  const sent = (await world.requests()).at(-1);
  const roles = sent.body.messages.map((message) => message.role);
  assert.deepEqual(roles, ['user', 'assistant', 'tool']);
});

test('thoughts come as thinking blocks', async () => {
  const message = await client.messages.stream({ model: 'reasoning', max_tokens: 100, messages: ask('why?') })
    .finalMessage();
  assert.equal(message.content[0].type, 'thinking');
  assert.ok(message.content[0].thinking.length > 0);
  assert.equal(message.content.at(-1).type, 'text');
});

test('counts tokens', async () => {
  const short = await client.messages.countTokens({ model: 'echo', messages: ask('hi') });
  const long = await client.messages.countTokens({ model: 'echo', system: 'x '.repeat(500), messages: ask('hi') });
  assert.ok(short.input_tokens > 0);
  assert.ok(long.input_tokens > short.input_tokens + 100);
});

test('errors are told in the shape and classes of the client', async () => {
  const unknown = await failureOf(client.messages.create({ model: 'nothing', max_tokens: 9, messages: ask('x') }));
  assert.ok(unknown instanceof Anthropic.NotFoundError);
  assert.equal(unknown.error.type, 'error');
  assert.equal(unknown.error.error.type, 'not_found_error');
  const bad = await failureOf(client.messages.create({ model: 'echo', max_tokens: 9, messages: [] }));
  assert.ok(bad instanceof Anthropic.BadRequestError);
  assert.equal(bad.error.error.type, 'invalid_request_error');
  const limited = await failureOf(client.messages.create({ model: 'status:429', max_tokens: 9, messages: ask('x') }));
  assert.ok(limited instanceof Anthropic.RateLimitError);
  assert.equal(limited.error.error.type, 'rate_limit_error');
});

test('a stream that breaks off is an error, never a short answer', async () => {
  const failure = await failureOf(
    client.messages.stream({ model: 'cut:2', max_tokens: 100, messages: ask('go on') }).finalMessage(),
  );
  assert.ok(failure instanceof Anthropic.APIError, String(failure));
});

test('leaving a stream stops the upstream', async () => {
  const stream = client.messages.stream({ model: 'text:5000:5', max_tokens: 100, messages: ask('go on') });
  await new Promise((resolve) => stream.once('text', resolve));
  stream.abort();
  await failureOf(stream.finalMessage());
  assert.equal(await world.lastOutcome(), 'client-closed');
});
