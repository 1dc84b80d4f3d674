#pragma once
// Lists in the answers of a server.

#include "core/base/Json.h"
#include "core/base/Result.h"

#include <string_view>
#include <vector>

namespace exo::ui {

// The elements of json[key], each read by `read`; one bad element fails the whole list.
template <class T, class Read>
Result<std::vector<T>> listFrom(const Json& json, std::string_view key, Read read) {
    const Json* array = member(json, key);
    if (!array || !array->is_array())
        return fail(ErrorCode::UpstreamInvalidResponse, "no list in the answer");
    std::vector<T> out;
    out.reserve(array->size());
    for (const Json& item : *array) {
        EXO_TRY(auto value, read(item));
        out.push_back(std::move(value));
    }
    return out;
}

} // namespace exo::ui
