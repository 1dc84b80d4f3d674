#include "core/base/Json.h"

#include <cmath>

namespace exo {

namespace {

Error wrongType(std::string_view key, std::string_view expected) {
    return fail(ErrorCode::InvalidRequest, "'" + std::string(key) + "' must be " + std::string(expected),
                std::string(key));
}

} // namespace

const Json* member(const Json& object, std::string_view key) {
    if (!object.is_object()) return nullptr;
    const auto it = object.find(key);
    return it == object.end() || it->is_null() ? nullptr : &*it;
}

Result<std::optional<std::string>> optString(const Json& object, std::string_view key) {
    const Json* value = member(object, key);
    if (!value) return std::optional<std::string>();
    if (!value->is_string()) return wrongType(key, "a string");
    return std::optional(value->get<std::string>());
}

Result<std::string> getString(const Json& object, std::string_view key) {
    EXO_TRY(auto value, optString(object, key));
    if (!value)
        return fail(ErrorCode::InvalidRequest, "'" + std::string(key) + "' is required", std::string(key));
    return std::move(*value);
}

Result<std::optional<std::int64_t>> optInt(const Json& object, std::string_view key, std::int64_t min,
                                           std::int64_t max) {
    const Json* value = member(object, key);
    if (!value) return std::optional<std::int64_t>();
    if (!value->is_number()) return wrongType(key, "a whole number");
    const auto outside = [&] {
        return wrongType(key, "between " + std::to_string(min) + " and " + std::to_string(max));
    };
    if (value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        return outside();
    if (value->is_number_float()) {
        const double number = value->get<double>();
        if (number != std::floor(number)) return wrongType(key, "a whole number");
        if (number < -9.0e18 || number > 9.0e18) return outside();
    }
    const auto number = value->get<std::int64_t>();
    if (number < min || number > max) return outside();
    return std::optional(number);
}

Result<std::int64_t> getInt(const Json& object, std::string_view key, std::int64_t min, std::int64_t max) {
    EXO_TRY(const auto value, optInt(object, key, min, max));
    if (!value)
        return fail(ErrorCode::InvalidRequest, "'" + std::string(key) + "' is required", std::string(key));
    return *value;
}

Result<std::optional<double>> optNumber(const Json& object, std::string_view key, double min, double max) {
    const Json* value = member(object, key);
    if (!value) return std::optional<double>();
    if (!value->is_number()) return wrongType(key, "a number");
    const auto number = value->get<double>();
    if (!(number >= min && number <= max))
        return wrongType(key, "between " + std::to_string(min) + " and " + std::to_string(max));
    return std::optional(number);
}

Result<std::optional<bool>> optBool(const Json& object, std::string_view key) {
    const Json* value = member(object, key);
    if (!value) return std::optional<bool>();
    if (!value->is_boolean()) return wrongType(key, "true or false");
    return std::optional(value->get<bool>());
}

std::string_view stringOr(const Json& object, std::string_view key, std::string_view fallback) {
    const Json* value = member(object, key);
    return value && value->is_string() ? std::string_view(value->get_ref<const std::string&>()) : fallback;
}

std::int64_t intOr(const Json& object, std::string_view key, std::int64_t fallback) {
    return optInt(object, key, INT64_MIN, INT64_MAX).valueOr(std::nullopt).value_or(fallback);
}

bool boolOr(const Json& object, std::string_view key, bool fallback) {
    const Json* value = member(object, key);
    return value && value->is_boolean() ? value->get<bool>() : fallback;
}

} // namespace exo
