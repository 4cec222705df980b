// SPDX-License-Identifier: MIT
#include "keyedrows_p.h"

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

int KeyedRows::find(const QString &key) const
{
    if (key.isNull())
        return -1;
    for (; m_staleFrom < count(); ++m_staleFrom) {
        if (!at(m_staleFrom).key.isNull())
            m_numbers.insert(at(m_staleFrom).key, m_staleFrom + m_removedInFront);
    }
    const auto number = m_numbers.constFind(key);
    return number == m_numbers.cend() ? -1 : int(*number - m_removedInFront);
}

void KeyedRows::append(Row &&row)
{
    m_rows.push_back(std::move(row));
}

void KeyedRows::remove(int first, int last)
{
    for (int row = first; row <= last; ++row)
        m_numbers.remove(at(row).key);
    m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
    if (first == 0) {
        m_removedInFront += last + 1;
        m_staleFrom = std::max(0, m_staleFrom - last - 1);
    } else {
        m_staleFrom = std::min(m_staleFrom, first);
    }
}

void KeyedRows::clear()
{
    m_rows.clear();
    m_numbers.clear();
    m_removedInFront = 0;
    m_staleFrom = 0;
}

void RowsBatch::put(const QString &key, const QVariantMap &object, Missing missing)
{
    if (const auto newRow = m_newKeys.constFind(key); newRow != m_newKeys.cend()) {
        set(&m_newRows[*newRow].values, object, missing);
        return;
    }
    if (const int row = m_rows->find(key); row >= 0 && !m_removed.contains(row)) {
        auto changed = m_changed.find(row);
        if (changed == m_changed.end())
            changed = m_changed.insert(row, {m_rows->at(row).values, {}});
        set(&changed->values, object, missing, &changed->roles);
        return;
    }
    if (!key.isNull())
        m_newKeys.insert(key, m_newRows.size());
    m_newRows.push_back({key, {}});
    set(&m_newRows.back().values, object, Missing::Kept);
}

void RowsBatch::remove(const QString &key)
{
    if (const auto newRow = m_newKeys.constFind(key); newRow != m_newKeys.cend()) {
        m_removedNewRows.insert(*newRow);
        m_newKeys.erase(newRow);
    } else if (const int row = m_rows->find(key); row >= 0) {
        m_removed.insert(row);
    }
}

void RowsBatch::removeAll()
{
    m_newRows.clear();
    m_newKeys.clear();
    m_removedNewRows.clear();
    for (int row = 0; row < m_rows->count(); ++row)
        m_removed.insert(row);
}

std::deque<RowsBatch::Row> RowsBatch::takeNewRows()
{
    std::deque<Row> rows;
    for (size_t i = 0; i < m_newRows.size(); ++i) {
        if (!m_removedNewRows.contains(i))
            rows.push_back(std::move(m_newRows[i]));
    }
    return rows;
}

void RowsBatch::set(QVariantList *values, const QVariantMap &object, Missing missing,
                    QSet<int> *changedRoles)
{
    values->resize(m_roles.size());
    for (int i = 0; i < m_roles.size(); ++i) {
        const auto member = object.constFind(m_roles.at(i));
        if (member == object.cend() && missing == Missing::Kept)
            continue;
        QVariant value = member == object.cend() ? QVariant() : *member;
        if (values->at(i) == value)
            continue;
        (*values)[i] = std::move(value);
        if (changedRoles)
            changedRoles->insert(i);
    }
}

} // namespace SocketIo::detail
