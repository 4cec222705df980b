// SPDX-License-Identifier: MIT
// How the rows change, and the views with them.
#include "base/callout_p.h"
#include "qmllistmodel.h"

#include <algorithm>
#include <utility>

namespace SocketIo {

using namespace detail;
using EngineIo::detail::CallOut;

namespace {

// Neighbours in the numbers, as pairs of the first and the last of each run.
QList<std::pair<int, int>> runsOf(QList<int> numbers)
{
    std::sort(numbers.begin(), numbers.end());
    QList<std::pair<int, int>> runs;
    for (const int number : std::as_const(numbers)) {
        if (!runs.isEmpty() && runs.last().second == number - 1)
            runs.last().second = number;
        else
            runs.append({number, number});
    }
    return runs;
}

} // namespace

// Puts off what a handler of this model's signals would do to rows that are being changed.
void QmlListModel::later(std::function<void()> function)
{
    m_later.push_back(std::move(function));
}

// Returns whether the model is still there.
bool QmlListModel::doLater()
{
    CallOut out(this);
    if (std::exchange(m_doingLater, true))
        return true; // whoever does it goes on
    while (out && !m_later.empty()) {
        const std::function<void()> function = std::move(m_later.front());
        m_later.pop_front();
        out.call(function);
    }
    if (out)
        m_doingLater = false;
    return bool(out);
}

// Changes rows by function(). Views have to follow each change before the next one is made, so what
// handlers do to the model meanwhile comes afterwards.
void QmlListModel::changeRows(const std::function<void()> &function, Signal changed)
{
    const int countBefore = count();
    CallOut out(this);
    m_applying = true;
    if (!out.call(function))
        return;
    if (m_misled && !resetRows([] {}))
        return;
    m_misled = false;
    m_applying = false;
    if (!doLater())
        return;
    if (changed)
        out.emitSignal(changed);
    if (out && count() != countBefore)
        out.emitSignal(&QmlListModel::countChanged);
    if (out)
        schedule();
}

// Tells the views what happens, by tell(), and returns whether the model is still there. One that
// throws has kept those behind it from being told. They begin anew when all has happened.
bool QmlListModel::views(const std::function<void()> &tell)
{
    CallOut out(this);
    bool isTold = false;
    const auto call = [&] {
        tell();
        isTold = true;
    };
    if (!out.call(call))
        return false;
    m_misled = m_misled || !isTold;
    return true;
}

// As the functions below, which change rows, returns whether the model is still there.
bool QmlListModel::resetRows(const std::function<void()> &change)
{
    if (!views([this] { beginResetModel(); }))
        return false;
    m_resetting = true;
    change();
    m_resetting = false;
    return views([this] { endResetModel(); });
}

// For new keys or roles: what there is was made with others.
void QmlListModel::startAnew(const std::function<void()> &change, Signal changed)
{
    m_changes.clear();
    m_timer.stop();
    const auto reset = [&] {
        m_rows.clear();
        change();
    };
    changeRows([&] { resetRows(reset); }, changed);
}

void QmlListModel::apply(RowsBatch *batch)
{
    if (applyChanged(batch) && removeRowsOf(batch->removed()))
        append(batch->takeNewRows());
}

bool QmlListModel::applyChanged(RowsBatch *batch)
{
    QList<int> rows;
    QSet<int> roleNumbers;
    for (auto it = batch->changed().cbegin(); it != batch->changed().cend(); ++it) {
        if (it->roles.isEmpty() || batch->removed().contains(it.key()))
            continue;
        rows.append(it.key());
        roleNumbers.unite(it->roles);
    }
    QList<int> roles;
    for (const int number : std::as_const(roleNumbers))
        roles.append(FirstRole + number);
    for (const auto &run : runsOf(rows)) {
        for (int row = run.first; row <= run.second; ++row)
            batch->apply(row);
        const auto tell = [&] { Q_EMIT dataChanged(index(run.first), index(run.second), roles); };
        if (viewsFollow() && !views(tell))
            return false;
    }
    return true;
}

bool QmlListModel::removeRowsOf(const QSet<int> &rows)
{
    const QList<std::pair<int, int>> runs = runsOf(rows.values());
    return std::all_of(runs.crbegin(), runs.crend(),
                       [this](const auto &run) { return removeRun(run.first, run.second); });
}

bool QmlListModel::removeRun(int first, int last)
{
    if (viewsFollow() && !views([&] { beginRemoveRows({}, first, last); }))
        return false;
    m_rows.remove(first, last);
    return !viewsFollow() || views([this] { endRemoveRows(); });
}

// The oldest rows go when with newRows more there were too many.
bool QmlListModel::makeRoom(int newRows)
{
    if (m_maximumCount <= 0)
        return true;
    const int excess = std::min(count() - m_maximumCount + newRows, count());
    return excess <= 0 || removeRun(0, excess - 1);
}

bool QmlListModel::append(std::deque<KeyedRows::Row> &&rows)
{
    while (m_maximumCount > 0 && rows.size() > size_t(m_maximumCount))
        rows.pop_front();
    if (!makeRoom(int(rows.size())))
        return false;
    if (rows.empty())
        return true;
    const int first = count();
    const int last = first + int(rows.size()) - 1;
    if (viewsFollow() && !views([&] { beginInsertRows({}, first, last); }))
        return false;
    for (KeyedRows::Row &row : rows)
        m_rows.append(std::move(row));
    return !viewsFollow() || views([this] { endInsertRows(); });
}

} // namespace SocketIo
