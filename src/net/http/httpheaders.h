// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPHEADERS_H
#define ENGINEIO_HTTPHEADERS_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>

#include <iterator>
#include <utility>

namespace EngineIo {

class ENGINEIO_EXPORT HttpHeaders
{
public:
    using Field = std::pair<QByteArray, QByteArray>;
    using FieldView = std::pair<QByteArrayView, QByteArrayView>;

    class ENGINEIO_EXPORT const_iterator
    {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = FieldView;
        using difference_type = qptrdiff;
        using pointer = const FieldView *;
        using reference = const FieldView &;

        const_iterator() = default;
        reference operator*() const noexcept { return m_field; }
        pointer operator->() const noexcept { return &m_field; }
        const_iterator &operator++() noexcept
        {
            m_at = m_field.second.data() + m_field.second.size();
            read();
            return *this;
        }
        const_iterator operator++(int) noexcept
        {
            const const_iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const const_iterator &a, const const_iterator &b) noexcept
        {
            return a.m_at == b.m_at;
        }
        friend bool operator!=(const const_iterator &a, const const_iterator &b) noexcept
        {
            return a.m_at != b.m_at;
        }

    private:
        friend class HttpHeaders;
        const_iterator(const char *at, const char *end) noexcept
            : m_at(at)
            , m_end(end)
        {
            read();
        }
        void read() noexcept;

        const char *m_at = nullptr;
        const char *m_end = nullptr;
        FieldView m_field;
    };

    HttpHeaders() = default;
    HttpHeaders(std::initializer_list<Field> fields);

    bool isEmpty() const noexcept { return m_text.isEmpty(); }
    qsizetype count() const noexcept;
    QList<Field> fields() const;
    const_iterator begin() const noexcept { return {m_text.cbegin(), m_text.cend()}; }
    const_iterator end() const noexcept { return {m_text.cend(), m_text.cend()}; }

    bool contains(QByteArrayView name) const;
    QByteArray value(QByteArrayView name) const;
    QList<QByteArray> values(QByteArrayView name) const;
    QByteArray combinedValue(QByteArrayView name) const;
    bool hasToken(QByteArrayView name, QByteArrayView token) const;

    bool append(QByteArrayView name, QByteArrayView value);
    bool set(QByteArrayView name, QByteArrayView value);
    void remove(QByteArrayView name);
    void squeeze();

    static bool isValidName(QByteArrayView name);
    static bool isValidValue(QByteArrayView value);

private:
    void add(QByteArrayView name, QByteArrayView value);

    // All fields consecutively, with their sizes: sessions store the headers of their first
    // request, and this takes a third of the memory of a list.
    QByteArray m_text;
};

} // namespace EngineIo

#endif
