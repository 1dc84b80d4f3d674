#pragma once
// The neutral form of a model call. The request keeps the shape of OpenAI Chat Completions (the field's
// common tongue) with unknown members untouched; answers are typed, so that nothing of an untrusted upstream
// passes unexamined.

#include "core/api/Types.h"
#include "core/base/SharedJson.h"
#include "core/base/Task.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace exo {

struct CompletionRequest {
    std::string model; // at the gateway: as the client named it; at a provider: the upstream's name
    SharedJson body; // OpenAI Chat Completions members: messages, temperature, tools, … (no model, no stream)
    // The same request as an Anthropic client wrote it (no model, no stream), when one did: a provider that
    // speaks this API sends it as it is, so that nothing is lost by translating it there and back.
    std::shared_ptr<const Json> anthropic;
    // Streams: the answer begins with this already. A provider that can lets the model go on from there and
    // says so by CompletionStream::continues(); any other gives the whole answer.
    std::string begun = {};
};

// Fragments of a streamed answer. `choice` is the index of the choice (n > 1).
struct TextDelta {
    std::string text;
    int choice = 0;
};
struct ReasoningDelta {
    std::string text;
    int choice = 0;
};
struct ToolCallDelta { // arguments are concatenated fragments, never parsed on the way
    int index = 0;
    std::string id;   // only in the first fragment
    std::string name; // only in the first fragment
    std::string arguments;
    int choice = 0;
};
struct ExtraDelta { // allowed members we do not interpret (logprobs, refusal, annotations)
    Json delta;
    Json choiceMembers;
    int choice = 0;
};
struct CitationDelta { // from our own retrieval only
    api::Citation citation;
};
struct FinishDelta {
    std::string reason; // stop | length | tool_calls | content_filter | function_call
    int choice = 0;
};
struct UsageDelta {
    api::Usage usage;
    Json details; // OpenAI's usage object, numbers only
};
using CompletionEvent = std::variant<TextDelta, ReasoningDelta, ToolCallDelta, ExtraDelta, CitationDelta,
                                     FinishDelta, UsageDelta>;

struct StreamHead {
    std::string id;    // of the upstream's answer
    std::string model; // what really answered
    std::string systemFingerprint;
};

// An answer under way, pulled by its reader. Destroying it stops the upstream at once.
class CompletionStream {
  public:
    virtual ~CompletionStream() = default;
    virtual const StreamHead& head() const = 0; // complete after the first event
    // nullopt after a proper end. An upstream that ends without its terminal event gives StreamInterrupted,
    // silence UpstreamTimeout; events received before are never lost.
    virtual Task<std::optional<CompletionEvent>> next() = 0;
    // What next() would give without waiting, if it is an event; nullopt says nothing about the stream.
    virtual std::optional<CompletionEvent> takeReady() { return std::nullopt; }
    // Whether next() would give the proper end without waiting; false says nothing about the stream.
    virtual bool endIsNext() const { return false; }
    // Whether the model was asked to go on from CompletionRequest::begun; what it did is another matter.
    virtual bool continues() const { return false; }
};

// A finished answer in OpenAI's shape: id, model, choices, usage … (object, created are there too).
struct Completion {
    SharedJson body;
    std::string model;
    api::Usage usage;
    std::vector<api::Citation> citations;
};

struct EmbeddingRequest {
    std::string model;
    Json body; // OpenAI Embeddings members: input, dimensions, encoding_format, … (no model)
};
// 32-bit floats, little-endian, all finite: what OpenAI's base64 form decodes to.
using EmbeddingVector = std::string;
struct EmbeddingResult {
    std::vector<EmbeddingVector> vectors; // in the order of the input
    std::string model;                    // what really answered
    api::Usage usage;
};

} // namespace exo
