#pragma once
// Result<T>: a value or an Error. [[nodiscard]] so that no failure is dropped by accident.

#include "core/base/Error.h"

#include <cassert>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace exo {

// An error where there mostly is none, one pointer large: such lie in objects and coroutine frames that wait
// in thousands. A value: copies are independent; none after it was moved from.
class ErrorBox {
  public:
    ErrorBox() = default;
    ErrorBox(Error error)
        : m_error(std::make_unique<Error>(std::move(error))) {}
    ErrorBox(const ErrorBox& other)
        : m_error(other.m_error ? std::make_unique<Error>(*other.m_error) : nullptr) {}
    ErrorBox(ErrorBox&&) noexcept = default;
    ErrorBox& operator=(ErrorBox other) noexcept {
        m_error.swap(other.m_error);
        return *this;
    }
    ~ErrorBox() = default;

    explicit operator bool() const { return m_error != nullptr; }
    Error& operator*() const { return *m_error; }
    Error* operator->() const { return m_error.get(); }

  private:
    std::unique_ptr<Error> m_error;
};

template <class T>
class [[nodiscard]] Result {
  public:
    using Value = T;

    Result(T value)
        : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error)
        : m_state(std::in_place_index<1>, std::move(error)) {}
    template <class U>
    requires(std::is_convertible_v<U, T> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> && !std::is_same_v<std::remove_cvref_t<U>, T>)
        Result(U&& value)
        : m_state(std::in_place_index<0>, std::forward<U>(value)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    // The value may only be taken when ok(); the error only when not.
    T& value() & {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    const T& value() const& {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    T&& value() && {
        assert(ok());
        return std::move(*std::get_if<0>(&m_state));
    }
    Error& error() & {
        assert(!ok());
        return **std::get_if<1>(&m_state);
    }
    const Error& error() const& {
        assert(!ok());
        return **std::get_if<1>(&m_state);
    }
    Error&& error() && {
        assert(!ok());
        return std::move(**std::get_if<1>(&m_state));
    }

    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    T valueOr(T fallback) && { return ok() ? std::move(*this).value() : std::move(fallback); }

  private:
    std::variant<T, ErrorBox> m_state;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    using Value = void;

    Result() = default;
    Result(Error error)
        : m_error(std::move(error)) {}

    bool ok() const { return !m_error; }
    explicit operator bool() const { return ok(); }
    void value() const { assert(ok()); }
    Error& error() & {
        assert(!ok());
        return *m_error;
    }
    const Error& error() const& {
        assert(!ok());
        return *m_error;
    }
    Error&& error() && {
        assert(!ok());
        return std::move(*m_error);
    }

  private:
    ErrorBox m_error;
};

inline Error fail(ErrorCode code, std::string detail = {}, std::string param = {}) {
    return Error(code, std::move(detail), std::move(param));
}

} // namespace exo

#define EXO_CONCAT_INNER(a, b) a##b
#define EXO_CONCAT(a, b) EXO_CONCAT_INNER(a, b)

// EXO_TRY(auto x, f());  propagates the error of f() out of a function; EXO_CO_TRY does so out of a
// coroutine.
#define EXO_TRY_IMPL(tmp, decl, expr, ret)                                                                   \
    auto tmp = (expr);                                                                                       \
    if (!tmp.ok()) [[unlikely]]                                                                              \
        ret std::move(tmp).error();                                                                          \
    decl = std::move(tmp).value()
#define EXO_TRY(decl, ...) EXO_TRY_IMPL(EXO_CONCAT(exoTry, __LINE__), decl, (__VA_ARGS__), return )
#define EXO_CO_TRY(decl, ...) EXO_TRY_IMPL(EXO_CONCAT(exoTry, __LINE__), decl, (__VA_ARGS__), co_return )

// The same for Result<void>.
#define EXO_CHECK_IMPL(tmp, expr, ret)                                                                       \
    if (auto tmp = (expr); !tmp.ok()) [[unlikely]]                                                           \
    ret std::move(tmp).error()
#define EXO_CHECK(...) EXO_CHECK_IMPL(EXO_CONCAT(exoCheck, __LINE__), (__VA_ARGS__), return )
#define EXO_CO_CHECK(...) EXO_CHECK_IMPL(EXO_CONCAT(exoCheck, __LINE__), (__VA_ARGS__), co_return )
