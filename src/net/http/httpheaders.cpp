// SPDX-License-Identifier: MIT
#include "net/http/httpheaders.h"

#include "net/http/httpchars_p.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace EngineIo {

using namespace detail;

namespace {

// Stands in front of each field: the sizes of the name and the value that follow.
struct Sizes
{
    quint32 name = 0;
    quint32 value = 0;
};

// Calls function(value) for the fields with this name until it returns true. Servers look for names
// with each request: most of the others are passed by their size.
template<typename Function>
void findFields(const QByteArray &text, QByteArrayView name, Function function)
{
    for (const char *at = text.cbegin(), *const end = text.cend(); at != end;) {
        Sizes sizes;
        std::memcpy(&sizes, at, sizeof(sizes));
        const char *const fieldName = at + sizeof(sizes);
        const QByteArrayView value(fieldName + sizes.name, qsizetype(sizes.value));
        if (qsizetype(sizes.name) == name.size()
            && equalsIgnoringCase({fieldName, name.size()}, name) && function(value))
            return;
        at = value.data() + value.size();
    }
}

} // namespace

/*!
    \class EngineIo::HttpHeaders
    \inmodule QtSocketIo
    \inheaderfile EngineIo/HttpHeaders
    \since QtSocketIo 0.1
    \brief Contains the headers of an HTTP request or response, in order.

    A name can occur several times. Names are case-insensitive. As in Node.js, the names of a
    request's headers are in lower case.

    Fields whose name or value is not valid in HTTP are never stored, so that untrusted text in a
    header cannot add lines to a response.

    All functions are reentrant.

    Names are compared without regard to case:

    \snippet reference.cpp HttpHeaders
*/

/*!
    \typealias EngineIo::HttpHeaders::Field

    A header: its name and its value.
*/

/*!
    \typealias EngineIo::HttpHeaders::FieldView

    A header during iteration: views of its name and its value.
*/

/*!
    \class EngineIo::HttpHeaders::const_iterator
    \inmodule QtSocketIo
    \inheaderfile EngineIo/HttpHeaders
    \since QtSocketIo 0.1
    \brief An iterator over the fields of HttpHeaders.

    Declared in \c{<EngineIo/HttpHeaders>}.

    It returns FieldView objects. In terms of C++17, it is an input iterator:

    \snippet reference.cpp HttpHeaders iterate

    \sa HttpHeaders::begin()
*/

/*!
    \typealias EngineIo::HttpHeaders::const_iterator::iterator_category

    The category of an input iterator.
*/

/*!
    \typealias EngineIo::HttpHeaders::const_iterator::value_type

    The type that the iterator returns: FieldView.
*/

/*!
    \typealias EngineIo::HttpHeaders::const_iterator::difference_type

    The distance between two iterators.
*/

/*!
    \typealias EngineIo::HttpHeaders::const_iterator::pointer

    A pointer to a field.
*/

/*!
    \typealias EngineIo::HttpHeaders::const_iterator::reference

    A reference to a field.
*/

/*!
    \fn EngineIo::HttpHeaders::const_iterator::const_iterator()

    Constructs an invalid iterator. The only valid operations are assigning to it and destroying it.
*/

/*!
    \fn const EngineIo::HttpHeaders::FieldView &EngineIo::HttpHeaders::const_iterator::operator*() const

    Returns the field. Its views are valid until the headers are modified or destroyed.
*/

/*!
    \fn const EngineIo::HttpHeaders::FieldView *EngineIo::HttpHeaders::const_iterator::operator->() const

    Returns a pointer to the field.
*/

/*!
    \fn EngineIo::HttpHeaders::const_iterator &EngineIo::HttpHeaders::const_iterator::operator++()

    Advances to the next field and returns this iterator.
*/

/*!
    \fn EngineIo::HttpHeaders::const_iterator EngineIo::HttpHeaders::const_iterator::operator++(int)
    \overload

    Advances to the next field and returns an iterator to the current one.
*/

/*!
    \fn EngineIo::HttpHeaders::HttpHeaders()

    Constructs an empty list.
*/

/*!
    Constructs a list of \a fields. Fields that are not valid are omitted.
*/
HttpHeaders::HttpHeaders(std::initializer_list<Field> fields)
{
    for (const Field &field : fields)
        append(field.first, field.second);
}

/*!
    \fn bool EngineIo::HttpHeaders::isEmpty() const

    Returns \c true if there are no fields.
*/

/*!
    Returns the number of fields.
*/
qsizetype HttpHeaders::count() const noexcept
{
    return std::distance(begin(), end());
}

/*!
    Returns all fields, in order.

    \sa begin()
*/
QList<HttpHeaders::Field> HttpHeaders::fields() const
{
    QList<Field> result;
    for (const auto &[name, value] : *this)
        result.emplaceBack(name.toByteArray(), value.toByteArray());
    return result;
}

/*!
    \fn EngineIo::HttpHeaders::const_iterator EngineIo::HttpHeaders::begin() const

    Returns an iterator to the first field. The names and values that iterators return are views,
    which are valid until the headers are modified or destroyed:

    \snippet reference.cpp HttpHeaders iterate

    \sa end(), fields()
*/

/*!
    \fn EngineIo::HttpHeaders::const_iterator EngineIo::HttpHeaders::end() const

    Returns an iterator past the last field.

    \sa begin()
*/

void HttpHeaders::const_iterator::read() noexcept
{
    if (m_at == m_end)
        return;
    Sizes sizes;
    std::memcpy(&sizes, m_at, sizeof(sizes));
    const char *const name = m_at + sizeof(sizes);
    m_field = {{name, qsizetype(sizes.name)}, {name + sizes.name, qsizetype(sizes.value)}};
}

/*!
    Returns whether there is a field called \a name.
*/
bool HttpHeaders::contains(QByteArrayView name) const
{
    bool found = false;
    findFields(m_text, name, [&found](QByteArrayView) { return found = true; });
    return found;
}

/*!
    Returns the value of the first field called \a name, or a null byte array if there is none.
*/
QByteArray HttpHeaders::value(QByteArrayView name) const
{
    QByteArray result;
    findFields(m_text, name, [&result](QByteArrayView value) {
        result = value.toByteArray();
        return true;
    });
    return result;
}

/*!
    Returns the values of all fields called \a name.
*/
QList<QByteArray> HttpHeaders::values(QByteArrayView name) const
{
    QList<QByteArray> result;
    findFields(m_text, name, [&result](QByteArrayView value) {
        result.append(value.toByteArray());
        return false;
    });
    return result;
}

/*!
    Returns the values of all fields called \a name, joined with a comma and a space, or a null byte
    array if there are none. Use this function for headers that are lists.
*/
QByteArray HttpHeaders::combinedValue(QByteArrayView name) const
{
    QByteArray result;
    bool found = false;
    findFields(m_text, name, [&](QByteArrayView value) {
        if (std::exchange(found, true))
            result.append(", ").append(value);
        else
            result = value.toByteArray();
        return false;
    });
    return result;
}

/*!
    Returns whether the comma-separated lists in the fields called \a name contain \a token,
    ignoring case.
*/
bool HttpHeaders::hasToken(QByteArrayView name, QByteArrayView token) const
{
    bool found = false;
    findFields(m_text, name, [&](QByteArrayView list) {
        while (!found && !list.isEmpty())
            found = equalsIgnoringCase(takeHttpElement(list), token);
        return found;
    });
    return found;
}

void HttpHeaders::add(QByteArrayView name, QByteArrayView value)
{
    constexpr qsizetype UsualSize = 200;
    const Sizes sizes{quint32(name.size()), quint32(value.size())};
    const qsizetype size = qsizetype(sizeof(sizes)) + name.size() + value.size();
    const qsizetype offset = m_text.size();
    if (m_text.capacity() < offset + size)
        m_text.reserve(qMax(offset + size, qMax(UsualSize, 2 * offset)));
    m_text.resize(offset + size);
    char *to = m_text.data() + offset;
    std::memcpy(to, &sizes, sizeof(sizes));
    to = std::copy(name.cbegin(), name.cend(), to + sizeof(sizes));
    std::copy(value.cbegin(), value.cend(), to);
}

/*!
    Appends a field called \a name with \a value and returns \c true. If the name or the value is
    not valid, adds nothing and returns \c false.
*/
bool HttpHeaders::append(QByteArrayView name, QByteArrayView value)
{
    if (!isValidName(name) || !isValidValue(value))
        return false;
    // A view of these very headers would not survive that they grow.
    const auto isOurs = [this](QByteArrayView view) {
        return std::less_equal<>()(m_text.cbegin(), view.data())
            && std::less<>()(view.data(), m_text.cend());
    };
    if (isOurs(name) || isOurs(value))
        add(name.toByteArray(), value.toByteArray());
    else
        add(name, value);
    return true;
}

/*!
    Sets the first field called \a name to \a value, removes all others with that name, and returns
    \c true. If there is none, the field is added. If the name or the value is not valid, changes
    nothing and returns \c false.
*/
bool HttpHeaders::set(QByteArrayView name, QByteArrayView value)
{
    if (!isValidName(name) || !isValidValue(value))
        return false;
    if (!contains(name))
        return append(name, value);
    HttpHeaders changed;
    bool isSet = false;
    for (const FieldView &field : *this) {
        if (!equalsIgnoringCase(field.first, name))
            changed.add(field.first, field.second);
        else if (!std::exchange(isSet, true))
            changed.add(name, value);
    }
    *this = changed;
    return true;
}

/*!
    Removes all fields called \a name.
*/
void HttpHeaders::remove(QByteArrayView name)
{
    if (!contains(name))
        return;
    HttpHeaders others;
    for (const FieldView &field : *this) {
        if (!equalsIgnoringCase(field.first, name))
            others.add(field.first, field.second);
    }
    *this = others;
}

/*!
    Releases memory that the fields do not need. This is useful for headers that are stored for a
    long time.
*/
void HttpHeaders::squeeze()
{
    m_text.squeeze();
}

/*!
    Returns whether \a name is valid as the name of a header: it consists of one or more letters,
    digits and \c{!#$%&'*+-.^_`|~}.
*/
bool HttpHeaders::isValidName(QByteArrayView name)
{
    return !name.isEmpty() && areHttpChars(name, HttpChar::Token);
}

/*!
    Returns whether \a value is valid as the value of a header: it contains no control characters
    except tabs. It can be empty and contain bytes above 127.
*/
bool HttpHeaders::isValidValue(QByteArrayView value)
{
    return areHttpChars(value, HttpChar::Value);
}

} // namespace EngineIo
