// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_KEYEDROWS_P_H
#define SOCKETIO_KEYEDROWS_P_H

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <deque>

namespace SocketIo::detail {

// The rows of a list model. Finding a row by its key is fast regardless of the number of rows.
class KeyedRows
{
public:
    struct Row
    {
        QString key; // null: none
        QVariantList values;
    };

    int count() const { return int(m_rows.size()); }
    Row &at(int row) { return m_rows[size_t(row)]; }
    const Row &at(int row) const { return m_rows[size_t(row)]; }
    int find(const QString &key) const; // -1: there is none

    void append(Row &&row);
    void remove(int first, int last);
    void clear();

private:
    std::deque<Row> m_rows;
    // The numbers of the rows by their keys. They count from the first row that was ever there, so
    // that they stay when rows leave at the front.
    mutable QHash<QString, qint64> m_numbers;
    qint64 m_removedInFront = 0;
    mutable int m_staleFrom = 0; // numbers of this row and those behind it are yet to be written
};

// Collects a sequence of changes of rows to be applied to the model, which reports each changed row
// before the next one is changed, because proxy models that sort it compare its rows meanwhile.
class RowsBatch
{
public:
    using Row = KeyedRows::Row;

    RowsBatch(KeyedRows *rows, const QStringList &roles)
        : m_rows(rows)
        , m_roles(roles)
    {
    }

    // What becomes of the roles that an object lacks, in a row that is there.
    enum class Missing { Kept, Cleared };
    void put(const QString &key, const QVariantMap &object, Missing missing);
    void remove(const QString &key);
    void removeAll();

    struct Changed
    {
        QVariantList values;
        QSet<int> roles; // their numbers
    };
    const QHash<int, Changed> &changed() const { return m_changed; } // by the row
    void apply(int row) { m_rows->at(row).values = m_changed.value(row).values; }
    const QSet<int> &removed() const { return m_removed; }
    std::deque<Row> takeNewRows();

private:
    void set(QVariantList *values, const QVariantMap &object, Missing missing,
             QSet<int> *changedRoles = nullptr);

    KeyedRows *m_rows;
    const QStringList &m_roles;
    QHash<int, Changed> m_changed;
    QSet<int> m_removed;
    std::deque<Row> m_newRows;
    QHash<QString, size_t> m_newKeys;
    QSet<size_t> m_removedNewRows;
};

} // namespace SocketIo::detail

#endif
