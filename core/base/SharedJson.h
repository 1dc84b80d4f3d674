#pragma once
// A JSON value that several hold: copying it costs nothing, and whoever changes it gets a copy of its own.
// One made of a text stays a text until somebody looks into it. Used by one thread at a time.

#include "core/base/Json.h"

#include <memory>
#include <string>
#include <utility>

namespace exo {

class SharedJson {
  public:
    SharedJson() = default; // null
    SharedJson(Json value);
    SharedJson& operator=(Json::initializer_list_t members) { return *this = SharedJson(Json(members)); }
    // `text` must be what parseJson takes.
    static SharedJson ofText(std::string text);

    const Json& tree() const;
    operator const Json&() const { return tree(); } // NOLINT: read like the value it holds
    Json& edit();
    // As it came, or compact.
    std::string text() const;
    bool isText() const { return m_state && !m_state->text.empty(); }

    template <class Key>
    const Json& operator[](Key&& key) const {
        return tree()[std::forward<Key>(key)];
    }
    template <class Key>
    Json& operator[](Key&& key) {
        return edit()[std::forward<Key>(key)];
    }
    friend bool operator==(const SharedJson& a, const SharedJson& b) { return a.tree() == b.tree(); }

  private:
    struct State {
        std::string text; // empty: there is only the tree
        Json tree;
        bool hasTree = true;
    };

    std::shared_ptr<State> m_state;
};

} // namespace exo
