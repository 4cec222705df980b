// SPDX-License-Identifier: MIT
#include "net/http/querystring_p.h"

#include "base/utf8text_p.h"
#include "net/http/httpchars_p.h"

#include <algorithm>

namespace EngineIo::detail {

namespace {

constexpr qsizetype MaxItems = 1000;

QString decode(QByteArrayView text)
{
    if (!text.contains('%') && !text.contains('+'))
        return utf8Text(text);
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
        const qsizetype end = query.indexOf('&');
        const QByteArrayView item = end < 0 ? query : query.first(end);
        query = end < 0 ? QByteArrayView() : query.sliced(end + 1);
        if (item.isEmpty())
            continue;
        ++count;
        const qsizetype equals = item.indexOf('=');
        if (equals < 0)
            function(item, QByteArrayView(""));
        else
            function(item.first(equals), item.sliced(equals + 1));
    }
}

bool isName(QByteArrayView encoded, QStringView name)
{
    // Most names are others, and stand for themselves.
    const char first = encoded.isEmpty() ? '\0' : encoded.front();
    if (first != '\0' && quint8(first) < 0x80 && first != '%' && first != '+'
        && !name.startsWith(QLatin1Char(first)))
        return false;
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
