#pragma once
// What the reader of a stream already has, and the comparison of a second answer with it: the basis of a
// verified resume. Bounded: an answer that outgrows it cannot be resumed. io thread; owned by the stream.

#include "core/base/Result.h"
#include "core/providers/Completion.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace exo {

class DeliveredText {
  public:
    void add(const CompletionEvent& event);
    bool resumable() const { return m_resumable; }
    // The second answer has given all that was there.
    bool caughtUp() const;
    std::size_t bytes() const { return m_bytes; }

    // The answer so far, when a model could go on from it: text of the one choice and nothing beside, enough
    // of it to tell a continuation from an answer that begins anew; else empty.
    std::string continuable() const;

    // A second answer begins: its events go through filter() from now on.
    void beginComparison();
    // The same, of a model that was asked to go on from continuable(). One that begins anew all the same is
    // compared as any second answer.
    void beginContinuation();
    bool repeats() const { return m_repeats; } // it did
    // What of the event the reader does not have yet; nullopt when it has all of it. StreamInterrupted when
    // the answers differ, after which nothing of the second one may be passed on.
    Result<std::optional<CompletionEvent>> filter(CompletionEvent event);

  private:
    struct Channel {
        std::string text;
        std::size_t matched = 0;
        bool caughtUp() const { return matched == text.size(); }
        // The part of `more` behind what is known; false when they differ.
        bool match(std::string& more);
    };
    struct Call {
        std::string name;
        Channel arguments;
        bool seen = false; // in the second answer
    };
    struct Choice {
        Channel text;
        Channel reasoning;
        std::map<int, Call> calls;
        bool finished = false;
        bool caughtUp() const;
        bool hasOutput() const { return !text.text.empty() || !calls.empty(); }
    };
    struct Filter;

    void grow(Channel& channel, const std::string& text);
    bool isHeld() const { return m_held && !m_held->empty(); }
    // Of a continuation, until it shows whether it is one.
    Result<std::string> holdBack(std::string more);

    std::map<int, Choice> m_choices;
    std::optional<std::string> m_held; // of a continuation that reads like the beginning of the answer
    bool m_repeats = false;
    std::size_t m_bytes = 0;
    bool m_resumable = true;
};

} // namespace exo
