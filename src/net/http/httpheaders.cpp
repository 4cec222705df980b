// SPDX-License-Identifier: MIT
#include "net/http/httpheaders.h"

#include "net/http/httpchars_p.h"

#include <algorithm>

namespace EngineIo {

using namespace detail;

/*!
    \class EngineIo::HttpHeaders
    \inmodule QtSocketIo
    \inheaderfile EngineIo/HttpHeaders
    \since QtSocketIo 0.1
    \brief The headers of an HTTP request or response, in their order.

    A name can occur several times. Names are compared without regard to case. The names of a
    request's headers are in lower case, as in Node.js.

    A field whose name or value HTTP does not allow is never stored, so that untrusted text in a
    header cannot add lines to a response.

    All functions are reentrant.

    Names are compared without regard to case:

    \snippet reference.cpp HttpHeaders
*/

/*!
    \typealias EngineIo::HttpHeaders::Field

    One header: its name and its value.
*/

/*!
    \fn EngineIo::HttpHeaders::HttpHeaders()

    Constructs an empty list.
*/

/*!
    Constructs a list of \a fields. Fields that are not valid are left out.
*/
HttpHeaders::HttpHeaders(std::initializer_list<Field> fields)
{
    m_fields.reserve(qsizetype(fields.size()));
    for (const Field &field : fields)
        append(field.first, field.second);
}

/*!
    \fn bool EngineIo::HttpHeaders::isEmpty() const

    Returns whether there is no field.
*/

/*!
    \fn qsizetype EngineIo::HttpHeaders::count() const

    Returns the number of fields.
*/

/*!
    \fn const QList<EngineIo::HttpHeaders::Field> &EngineIo::HttpHeaders::fields() const

    Returns all fields in their order.
*/

/*!
    Returns whether there is a field called \a name.
*/
bool HttpHeaders::contains(QByteArrayView name) const
{
    for (const Field &field : m_fields) {
        if (equalsIgnoringCase(field.first, name))
            return true;
    }
    return false;
}

/*!
    Returns the value of the first field called \a name, or a null byte array if there is none.
*/
QByteArray HttpHeaders::value(QByteArrayView name) const
{
    for (const Field &field : m_fields) {
        if (equalsIgnoringCase(field.first, name))
            return field.second;
    }
    return {};
}

/*!
    Returns the values of all fields called \a name.
*/
QList<QByteArray> HttpHeaders::values(QByteArrayView name) const
{
    QList<QByteArray> result;
    for (const Field &field : m_fields) {
        if (equalsIgnoringCase(field.first, name))
            result.append(field.second);
    }
    return result;
}

/*!
    Returns the values of all fields called \a name, joined with a comma and a space: for headers
    that are lists. Null if there is none.
*/
QByteArray HttpHeaders::combinedValue(QByteArrayView name) const
{
    QByteArray result;
    bool found = false;
    for (const Field &field : m_fields) {
        if (!equalsIgnoringCase(field.first, name))
            continue;
        if (std::exchange(found, true))
            result.append(", ").append(field.second);
        else
            result = field.second;
    }
    return result;
}

/*!
    Returns whether the comma-separated lists in the fields called \a name contain \a token, without
    regard to case.
*/
bool HttpHeaders::hasToken(QByteArrayView name, QByteArrayView token) const
{
    for (const Field &field : m_fields) {
        if (!equalsIgnoringCase(field.first, name))
            continue;
        QByteArrayView list = field.second;
        while (!list.isEmpty()) {
            if (equalsIgnoringCase(takeHttpElement(list), token))
                return true;
        }
    }
    return false;
}

/*!
    Adds a field called \a name with \a value after the others. Returns \c false and adds nothing
    if the name or the value is not valid.
*/
bool HttpHeaders::append(const QByteArray &name, const QByteArray &value)
{
    if (!isValidName(name) || !isValidValue(value))
        return false;
    m_fields.emplaceBack(name, value);
    return true;
}

/*!
    Sets the first field called \a name to \a value and removes the others of that name; adds the
    field if there is none. Returns \c false and changes nothing if the name or the value is not
    valid.
*/
bool HttpHeaders::set(const QByteArray &name, const QByteArray &value)
{
    if (!isValidName(name) || !isValidValue(value))
        return false;
    const auto isNamed = [&name](const Field &field) {
        return equalsIgnoringCase(field.first, name);
    };
    const auto first = std::find_if(m_fields.begin(), m_fields.end(), isNamed);
    if (first == m_fields.end()) {
        m_fields.emplaceBack(name, value);
        return true;
    }
    *first = {name, value};
    m_fields.erase(std::remove_if(first + 1, m_fields.end(), isNamed), m_fields.end());
    return true;
}

/*!
    Removes all fields called \a name.
*/
void HttpHeaders::remove(QByteArrayView name)
{
    m_fields.removeIf([name](const Field &field) { return equalsIgnoringCase(field.first, name); });
}

/*!
    Returns whether \a name can be the name of a header: one or more letters, digits and
    \c{!#$%&'*+-.^_`|~}.
*/
bool HttpHeaders::isValidName(QByteArrayView name)
{
    return !name.isEmpty() && areHttpChars(name, HttpChar::Token);
}

/*!
    Returns whether \a value can be the value of a header: no control characters but the tab. It
    can be empty, and its bytes can be above 127.
*/
bool HttpHeaders::isValidValue(QByteArrayView value)
{
    return areHttpChars(value, HttpChar::Value);
}

} // namespace EngineIo
