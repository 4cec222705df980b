// SPDX-License-Identifier: MIT
#include "net/http/querystring_p.h"

#include "base/utf8text_p.h"
#include "net/http/httpchars_p.h"

#include <algorithm>
#include <cstring>

namespace EngineIo::detail {

namespace {

constexpr qsizetype MaxItems = 1000;

bool isPlain(char character)
{
    return quint8(character) < 0x80 && character != '%' && character != '+';
}

// Whether the encoded text stands for itself, as most does.
bool isPlain(QByteArrayView text)
{
    return std::all_of(text.cbegin(), text.cend(),
                       [](char character) { return isPlain(character); });
}

QString decode(QByteArrayView text)
{
    if (isPlain(text))
        return QString::fromLatin1(text);
    QByteArray bytes;
    bytes.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        char character = text[i];
        if (character == '+') {
            character = ' ';
        } else if (character == '%' && i + 2 < text.size()) {
            const int high = hexDigitValue(text[i + 1]);
            const int low = hexDigitValue(text[i + 2]);
            if (high >= 0 && low >= 0) {
                character = char(high * 16 + low);
                i += 2;
            }
        }
        bytes.append(character);
    }
    return utf8Text(bytes);
}

// Calls function(name, value) with the encoded items.
template<typename Function>
void forEachItem(QByteArrayView query, Function function)
{
    for (qsizetype count = 0; !query.isEmpty() && count < MaxItems;) {
        const void *const found = std::memchr(query.data(), '&', size_t(query.size()));
        const char *const end = found ? static_cast<const char *>(found) : query.cend();
        const QByteArrayView item(query.cbegin(), end);
        query = found ? QByteArrayView(end + 1, query.cend()) : QByteArrayView();
        if (item.isEmpty())
            continue;
        ++count;
        const char *const equals = std::find(item.cbegin(), item.cend(), '=');
        if (equals == item.cend())
            function(item, QByteArrayView(""));
        else
            function(QByteArrayView(item.cbegin(), equals),
                     QByteArrayView(equals + 1, item.cend()));
    }
}

// Servers look for names with each request, so nothing is decoded that need not be.
bool isName(QByteArrayView encoded, QStringView name)
{
    if (encoded.size() < name.size())
        return false; // decoding makes nothing longer
    if (!name.isEmpty() && isPlain(encoded.front()) && name.front() != QLatin1Char(encoded.front()))
        return false;
    if (isPlain(encoded))
        return name == QLatin1String(encoded.data(), encoded.size());
    return name == decode(encoded);
}

} // namespace

QueryItems parseQuery(QByteArrayView query)
{
    QueryItems items;
    forEachItem(query, [&items](QByteArrayView name, QByteArrayView value) {
        items.emplaceBack(decode(name), decode(value));
    });
    return items;
}

std::optional<QString> queryValue(QByteArrayView query, QStringView name)
{
    std::optional<QByteArrayView> last;
    forEachItem(query, [&last, name](QByteArrayView candidate, QByteArrayView value) {
        if (isName(candidate, name))
            last = value;
    });
    return last ? std::optional(decode(*last)) : std::nullopt;
}

} // namespace EngineIo::detail
