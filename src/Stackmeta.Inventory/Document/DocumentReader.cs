using System.Text.Json;

namespace Stackmeta.Inventory;

/// <summary>
/// Walks through an inventory document and hands out its entries one by one as bytes, so that a document of any length takes
/// the memory of its longest entry.
/// </summary>
sealed class DocumentReader(Stream document)
{
    /// <summary>The longest entry that is read. One with the largest user data is 70 KiB.</summary>
    public const int LongestEntry = 1024 * 1024;

    static readonly byte[] ByteOrderMark = [0xef, 0xbb, 0xbf];

    byte[] _buffer = new byte[64 * 1024];
    int _start;
    int _end;
    bool _ended;
    JsonReaderState _state;
    Expected _expected = Expected.Document;
    string _section = "";
    int _index;

    // The lines, from 1, of the first byte that was not consumed yet and of the token that is being looked at.
    long _line = 1;
    long _tokenLine = 1;

    /// <summary>Bytes of the document that were read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The next entry; null after the last.</summary>
    /// <exception cref="DocumentException">The document is not JSON, or not of the shape of an inventory document.</exception>
    public async ValueTask<DocumentEntry?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var step = Step(out var entry);
            if (step == Progress.Entry)
            {
                return entry;
            }
            if (step == Progress.End)
            {
                return null;
            }
            await FillAsync(cancellationToken);
        }
    }

    async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestEntry)
            {
                throw new DocumentException(_line, Path, $"is longer than {LongestEntry} bytes");
            }
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var isFirst = BytesRead == 0;
        var read = isFirst
            ? await document.ReadAtLeastAsync(
                _buffer,
                ByteOrderMark.Length,
                throwOnEndOfStream: false,
                cancellationToken
            )
            : await document.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        BytesRead += read;
        _ended = read == 0;
        if (isFirst && _buffer.AsSpan(0, _end).StartsWith(ByteOrderMark))
        {
            _start = ByteOrderMark.Length;
        }
    }

    /// <summary>Goes on in the bytes that are there until an entry is whole, the document ends, or more bytes are needed.</summary>
    Progress Step(out DocumentEntry? entry)
    {
        entry = null;
        try
        {
            while (true)
            {
                var reader = new Utf8JsonReader(_buffer.AsSpan(_start.._end), _ended, _state);
                if (!reader.Read())
                {
                    if (!_ended)
                    {
                        return Progress.NeedsMore;
                    }
                    return _expected == Expected.Nothing
                        ? Progress.End
                        : throw new DocumentException(_line, "", "the document ends too early");
                }
                var token = (int)reader.TokenStartIndex;
                _tokenLine = _line + _buffer.AsSpan(_start, token).Count((byte)'\n');
                if (_expected != Expected.Entry || reader.TokenType == JsonTokenType.EndArray)
                {
                    if (JsonUnicode.FindFault(in reader) is { } fault)
                    {
                        throw Wrong(reader.TokenType == JsonTokenType.PropertyName ? $"has a key that {fault}" : fault);
                    }
                    Take(ref reader);
                    Consume(ref reader);
                    continue;
                }
                if (!reader.TrySkip())
                {
                    return Progress.NeedsMore;
                }
                var length = (int)reader.BytesConsumed - token;
                entry = new(_section, _index++, _tokenLine, _buffer.AsMemory(_start + token, length));
                Consume(ref reader);
                return Progress.Entry;
            }
        }
        catch (JsonException e)
        {
            throw new DocumentException((e.LineNumber ?? 0) + 1, Path, $"is not JSON: {Reason(e)}");
        }
    }

    void Take(ref Utf8JsonReader reader)
    {
        switch (_expected, reader.TokenType)
        {
            case (Expected.Document, JsonTokenType.StartObject):
                _expected = Expected.VersionKey;
                break;
            case (Expected.VersionKey, JsonTokenType.PropertyName)
                when reader.ValueTextEquals(DocumentSections.VersionKey):
                _expected = Expected.Version;
                break;
            case (Expected.Document or Expected.VersionKey, _):
                throw Wrong(
                    $"this is no inventory document: it must be an object that begins with \"{DocumentSections.VersionKey}\": {DocumentSections.Version}"
                );
            case (Expected.Version, _):
                if (
                    reader.TokenType != JsonTokenType.Number
                    || !reader.TryGetInt32(out var version)
                    || version != DocumentSections.Version
                )
                {
                    throw Wrong(
                        $"the document is of a version that this program does not read; it reads \"{DocumentSections.VersionKey}\": {DocumentSections.Version}"
                    );
                }
                _expected = Expected.Section;
                break;
            case (Expected.Section, JsonTokenType.PropertyName):
                TakeSection(reader.GetString()!);
                break;
            case (Expected.Section, _):
                _expected = Expected.Nothing;
                break;
            case (Expected.List, JsonTokenType.StartArray):
                _expected = Expected.Entry;
                break;
            case (Expected.List, _):
                throw Wrong($"must be a list");
            default:
                _expected = Expected.Section;
                break;
        }
    }

    void TakeSection(string name)
    {
        var before = DocumentSections.InOrder.IndexOf(_section);
        var here = DocumentSections.InOrder.IndexOf(name);
        var order = string.Join(", ", DocumentSections.InOrder);
        if (here < 0)
        {
            throw Wrong($"{TextRules.Quote(name)} is none of the document's keys: {order}");
        }
        if (here <= before)
        {
            throw Wrong($"{TextRules.Quote(name)} stands after {TextRules.Quote(_section)}; the order is {order}");
        }
        (_section, _index, _expected) = (name, 0, Expected.List);
    }

    void Consume(ref Utf8JsonReader reader)
    {
        var consumed = (int)reader.BytesConsumed;
        _line += _buffer.AsSpan(_start, consumed).Count((byte)'\n');
        _start += consumed;
        _state = reader.CurrentState;
    }

    string Path =>
        _expected == Expected.Entry ? $"{_section}[{_index}]"
        : _expected == Expected.List ? _section
        : "";

    DocumentException Wrong(string sentence) => new(_tokenLine, Path, sentence);

    /// <summary>The parser's words without the position, which the objection has already.</summary>
    static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.');
    }

    enum Progress
    {
        NeedsMore,
        Entry,
        End,
    }

    enum Expected
    {
        Document,
        VersionKey,
        Version,
        Section,
        List,
        Entry,
        Nothing,
    }
}

/// <summary>An entry of a document.</summary>
/// <param name="Section">The list that it stands in.</param>
/// <param name="Index">Its place in the list, from 0.</param>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Json">Its bytes; valid until the next is read.</param>
readonly record struct DocumentEntry(string Section, int Index, long Line, ReadOnlyMemory<byte> Json);

/// <summary>A document that cannot be read on.</summary>
sealed class DocumentException(long line, string path, string sentence) : Exception(sentence)
{
    public Objection Objection { get; } = new(ObjectionKind.Invalid, path, sentence) { Line = line };
}
