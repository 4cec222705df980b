// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPCHARS_P_H
#define ENGINEIO_HTTPCHARS_P_H

#include "base/digits_p.h"

#include <QtCore/qbytearrayview.h>

#include <array>
#include <cstring>
#include <string_view>

namespace EngineIo::detail {

// Where HTTP allows a character.
enum class HttpChar : quint8 {
    Token = 1,  // methods, header names
    Value = 2,  // header values
    Target = 4, // request targets
    Host = 8,   // Host, with port
};

inline constexpr std::array<quint8, 256> HttpCharTable = [] {
    std::array<quint8, 256> table{};
    const auto add = [&table](std::size_t character, HttpChar kind) {
        table[character] = quint8(table[character] | quint8(kind));
    };
    for (std::size_t c = 0x20; c < 256; ++c) {
        if (c != 0x7f)
            add(c, HttpChar::Value);
        if (c > 0x20 && c < 0x7f && c != '#')
            add(c, HttpChar::Target);
        if (isDigit(char(c)) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
            add(c, HttpChar::Token);
            add(c, HttpChar::Host);
        }
    }
    add('\t', HttpChar::Value);
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        add(std::size_t(c), HttpChar::Token);
    for (const char c : std::string_view("-._~!$&'()*+;=%:[]"))
        add(std::size_t(c), HttpChar::Host);
    return table;
}();

constexpr bool isHttpChar(char character, HttpChar kind) noexcept
{
    return HttpCharTable[quint8(character)] & quint8(kind);
}

constexpr bool areHttpChars(QByteArrayView text, HttpChar kind) noexcept
{
    for (const char character : text) {
        if (!isHttpChar(character, kind))
            return false;
    }
    return true;
}

// Returns -1 for a character that is not a hexadecimal digit.
constexpr int hexDigitValue(char character) noexcept
{
    if (isDigit(character))
        return character - '0';
    const char lower = char(character | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Optional white space, as allowed around a header's value and the elements of a list.
constexpr bool isHttpSpace(char character) noexcept
{
    return character == ' ' || character == '\t';
}

constexpr QByteArrayView trimmedHttpSpace(QByteArrayView text) noexcept
{
    while (!text.isEmpty() && isHttpSpace(text.front()))
        text = text.sliced(1);
    while (!text.isEmpty() && isHttpSpace(text.back()))
        text.chop(1);
    return text;
}

// Removes the next element from the front of a list and returns it.
constexpr QByteArrayView takeHttpElement(QByteArrayView &list, char separator = ',') noexcept
{
    qsizetype end = 0;
    while (end < list.size() && list[end] != separator)
        ++end;
    const QByteArrayView element = list.first(end);
    list = list.sliced(end < list.size() ? end + 1 : end);
    return trimmedHttpSpace(element);
}

constexpr char httpLower(char character)
{
    return character >= 'A' && character <= 'Z' ? char(character | 0x20) : character;
}

inline bool equalsIgnoringCase(QByteArrayView a, QByteArrayView b)
{
    if (a.size() != b.size())
        return false;
    if (a.isEmpty())
        return true;
    // The cases of a letter differ in this bit; most texts differ in their first character, or are
    // the same without a look at the case.
    constexpr int CaseBit = 0x20;
    if ((a.front() ^ b.front()) & ~CaseBit)
        return false;
    return std::memcmp(a.data(), b.data(), size_t(a.size())) == 0
        || qstrnicmp(a.data(), a.size(), b.data(), b.size()) == 0;
}

} // namespace EngineIo::detail

#endif
