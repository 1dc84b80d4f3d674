// OpenAI's Responses API through the official client, over an ordinary chat provider.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import OpenAI from 'openai';

import { World } from './support.js';

const models = ['echo', 'text:20', 'tools', 'reasoning', 'cut:2'];
const weather = {
  type: 'function',
  name: 'lookUpWeather',
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
let world;
let client;

before(async () => {
  world = await World.create({ models, settings: { limits: { requestTimeout: 1500 } } });
  client = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: 'none needed on loopback', maxRetries: 0 });
});
after(() => world?.close());

async function failureOf(promise) {
  try {
    await promise;
  } catch (failure) {
    return failure;
  }
  return assert.fail('it should have failed');
}

test('answers a response with text, usage and an honest store', async () => {
  const response = await client.responses.create({ model: 'echo', input: 'Hello 世界', store: true });
  assert.equal(response.object, 'response');
  assert.equal(response.status, 'completed');
  assert.equal(response.output_text, 'Hello 世界');
  assert.equal(response.store, false);
  assert.ok(response.usage.total_tokens > 0);
});

test('streams events in order that add up to the final response', async () => {
  const stream = await client.responses.create({
    model: 'text:20', instructions: 'be long', input: [{ role: 'user', content: 'go on' }], stream: true,
  });
  const types = [];
  let text = '';
  let last;
  for await (const event of stream) {
    assert.equal(event.sequence_number, types.length);
    types.push(event.type);
    if (event.type === 'response.output_text.delta') text += event.delta;
    last = event;
  }
  assert.deepEqual(types.slice(0, 4), [
    'response.created', 'response.in_progress', 'response.output_item.added', 'response.content_part.added']);
  assert.deepEqual(types.slice(-4), [
    'response.output_text.done', 'response.content_part.done', 'response.output_item.done', 'response.completed']);
  assert.equal(last.response.output[0].content[0].text, text);
  assert.ok(last.response.usage.output_tokens > 0);
});

test('the streaming helper gives the same response', async () => {
  const final = await client.responses.stream({ model: 'text:20', input: 'go on' }).finalResponse();
  assert.equal(final.status, 'completed');
  assert.ok(final.output_text.length > 0);
});

test('calls a function and takes its output', async () => {
  const request = { model: 'tools', input: 'weather in 北京?', tools: [weather] };
  const whole = await client.responses.create(request);
  const call = whole.output.find((item) => item.type === 'function_call');
  assert.ok(call.call_id);
  const streamed = await client.responses.stream(request).finalResponse();
  assert.equal(streamed.output.find((item) => item.type === 'function_call').arguments, call.arguments);
  const next = await client.responses.create({
    model: 'echo',
    input: [
      { role: 'user', content: 'weather in 北京?' },
      call,
      { type: 'function_call_output', call_id: call.call_id, output: 'sunny' },
    ],
  });
  assert.equal(next.status, 'completed');
  const roles = (await world.requests()).at(-1).body.messages.map((message) => message.role);
  assert.deepEqual(roles, ['user', 'assistant', 'tool']);
});

test('thoughts come as a reasoning item', async () => {
  const final = await client.responses.stream({ model: 'reasoning', input: 'why?' }).finalResponse();
  assert.equal(final.output[0].type, 'reasoning');
  assert.ok(final.output[0].summary[0].text.length > 0);
  assert.equal(final.output.at(-1).type, 'message');
});

test('what needs a memory at the server is refused by name', async () => {
  for (const [param, value] of [['previous_response_id', 'resp_1'], ['background', true]]) {
    const failure = await failureOf(client.responses.create({ model: 'echo', input: 'x', [param]: value }));
    assert.ok(failure instanceof OpenAI.BadRequestError, String(failure));
    assert.equal(failure.param, param);
  }
});

test('a stream that breaks off ends with response.failed', async () => {
  const types = [];
  for await (const event of await client.responses.create({ model: 'cut:2', input: 'go on', stream: true }))
    types.push(event.type);
  assert.equal(types.at(-1), 'response.failed');
});
