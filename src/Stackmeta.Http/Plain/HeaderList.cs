using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Stackmeta.Http;

/// <summary>
/// The few headers of a request or an answer, in the order in which they were set: looked through one by one, which for ten is faster than a table,
/// and used again without being made anew. Names are equal whatever their case.
/// </summary>
sealed class HeaderList : IHeaderDictionary
{
    const string ContentLengthName = "Content-Length";

    KeyValuePair<string, StringValues>[] _headers = new KeyValuePair<string, StringValues>[16];
    int _count;
    long? _contentLength;

    /// <summary>Not counted among the others: an answer has one nearly always, and as a number it need not become a text.</summary>
    public long? ContentLength
    {
        get => _contentLength;
        set
        {
            BeginChange();
            _contentLength = value;
        }
    }

    /// <summary>Whether they were sent already.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Whether somebody has changed what <see cref="Receive"/> has put there.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Whether they are a response's, and have to be fit for one line of printable ASCII each, as Kestrel has it.</summary>
    public bool IsSent { get; init; }

    public int Count => _count + (_contentLength is null ? 0 : 1);

    /// <summary>Without the content's length.</summary>
    public ReadOnlySpan<KeyValuePair<string, StringValues>> Others => _headers.AsSpan(0, _count);

    public StringValues this[string key]
    {
        get => TryGetValue(key, out var value) ? value : StringValues.Empty;
        set
        {
            BeginChange();
            if (value.Count == 0)
            {
                Remove(key);
                return;
            }
            ThrowIfNotSendable(key, value);
            if (IsContentLength(key))
            {
                _contentLength = long.TryParse(
                    value.ToString(),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var length
                )
                    ? length
                    : throw new InvalidOperationException("The content's length is no number.");
            }
            else if (IndexOf(key) is >= 0 and var at)
            {
                _headers[at] = new(_headers[at].Key, value);
            }
            else
            {
                Append(key, value);
            }
        }
    }

    public ICollection<string> Keys => [.. this.Select(static header => header.Key)];

    public ICollection<StringValues> Values => [.. this.Select(static header => header.Value)];

    StringValues IDictionary<string, StringValues>.this[string key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);
        set => this[key] = value;
    }

    /// <summary>Adds what a caller has sent; another of the same name is joined to it.</summary>
    public void Receive(string name, string value)
    {
        if (IndexOf(name) is >= 0 and var at)
        {
            _headers[at] = new(_headers[at].Key, StringValues.Concat(_headers[at].Value, value));
        }
        else
        {
            Append(name, value);
        }
    }

    /// <summary>Forgets all, whoever may change it.</summary>
    public void Reset()
    {
        Array.Clear(_headers, 0, _count);
        (_count, _contentLength, IsReadOnly, IsChanged) = (0, null, false, false);
    }

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out StringValues value)
    {
        if (IndexOf(key) is >= 0 and var at)
        {
            value = _headers[at].Value;
            return true;
        }
        if (_contentLength is { } length && IsContentLength(key))
        {
            value = length.ToString(CultureInfo.InvariantCulture);
            return true;
        }
        value = default;
        return false;
    }

    public bool ContainsKey(string key) => IndexOf(key) >= 0 || (_contentLength is not null && IsContentLength(key));

    public void Add(string key, StringValues value)
    {
        BeginChange();
        if (ContainsKey(key))
        {
            throw new ArgumentException($"{key} is there already.", nameof(key));
        }
        this[key] = value;
    }

    public bool Remove(string key)
    {
        BeginChange();
        if (IndexOf(key) is >= 0 and var at)
        {
            _count--;
            Array.Copy(_headers, at + 1, _headers, at, _count - at);
            _headers[_count] = default;
            return true;
        }
        var wasThere = _contentLength is not null && IsContentLength(key);
        if (wasThere)
        {
            _contentLength = null;
        }
        return wasThere;
    }

    public void Clear()
    {
        BeginChange();
        Reset();
        IsChanged = true;
    }

    public void Add(KeyValuePair<string, StringValues> item) => Add(item.Key, item.Value);

    public bool Contains(KeyValuePair<string, StringValues> item) =>
        TryGetValue(item.Key, out var value) && value == item.Value;

    public bool Remove(KeyValuePair<string, StringValues> item) => Contains(item) && Remove(item.Key);

    public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex)
    {
        foreach (var header in this)
        {
            array[arrayIndex++] = header;
        }
    }

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator()
    {
        for (var i = 0; i < _count; i++)
        {
            yield return _headers[i];
        }
        if (_contentLength is { } length)
        {
            yield return new(ContentLengthName, length.ToString(CultureInfo.InvariantCulture));
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void Append(string name, in StringValues value)
    {
        if (_count == _headers.Length)
        {
            Array.Resize(ref _headers, _count * 2);
        }
        _headers[_count++] = new(name, value);
    }

    int IndexOf(string name)
    {
        for (var i = 0; i < _count; i++)
        {
            var header = _headers[i].Key;
            if (header.Length == name.Length && header.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }
        return -1;
    }

    static bool IsContentLength(string name) => name.Equals(ContentLengthName, StringComparison.OrdinalIgnoreCase);

    void BeginChange()
    {
        if (IsReadOnly)
        {
            throw new InvalidOperationException("The headers are sent already.");
        }
        IsChanged = true;
    }

    /// <exception cref="InvalidOperationException">A header would not stay within its line, or is in letters that are not to be sent.</exception>
    void ThrowIfNotSendable(string name, in StringValues values)
    {
        if (!IsSent)
        {
            return;
        }
        foreach (var value in values)
        {
            if (name.AsSpan().ContainsAnyExceptInRange('!', '~') || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw new InvalidOperationException($"The value of {name} is not printable ASCII.");
            }
        }
    }
}
