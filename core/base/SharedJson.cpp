#include "core/base/SharedJson.h"

namespace exo {

SharedJson::SharedJson(Json value)
    : m_state(std::make_shared<State>()) {
    m_state->tree = std::move(value);
}

SharedJson SharedJson::ofText(std::string text) {
    SharedJson out;
    out.m_state = std::make_shared<State>();
    out.m_state->text = std::move(text);
    out.m_state->hasTree = false;
    return out;
}

const Json& SharedJson::tree() const {
    static const Json null;
    if (!m_state) return null;
    if (!std::exchange(m_state->hasTree, true)) m_state->tree = parseJson(m_state->text).valueOr(Json());
    return m_state->tree;
}

Json& SharedJson::edit() {
    if (!m_state || m_state.use_count() > 1) *this = SharedJson(Json(tree()));
    (void)tree();
    m_state->text.clear();
    return m_state->tree;
}

std::string SharedJson::text() const {
    return isText() ? m_state->text : dumpJson(tree());
}

} // namespace exo
