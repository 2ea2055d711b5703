using System.Buffers;
using Microsoft.Extensions.Logging;
using Stackmeta.Documents;

namespace Stackmeta.Api;

/// <summary>The operator's JSON file, read again when it has changed.</summary>
/// <remarks>
/// A file that cannot be read or is not JSON breaks the two documents that show it and nothing else. Where a good one was read
/// before, that one is served on, and a warning tells of the bad one. One that cannot be read is tried again each time, since rights
/// change without a trace in what is looked at.
/// </remarks>
public sealed class StaticVendorData
{
    static readonly ReadOnlyMemory<byte> Empty = "{}"u8.ToArray();

    readonly string? _path;
    readonly ILogger _logger;
    readonly Lock _gate = new();

    // All under the gate.
    ReadOnlyMemory<byte>? _json;
    (DateTime Written, long Length, bool Exists) _version;
    bool _hasLooked;
    string? _told;

    /// <param name="path">The file; null for none.</param>
    /// <param name="logger">Told of a bad file, once a version.</param>
    public StaticVendorData(string? path, ILogger logger)
    {
        _path = path;
        _logger = logger;
        if (path is null)
        {
            _json = Empty;
        }
    }

    /// <summary>The file's content in Python's JSON form.</summary>
    /// <returns>False when no good version of the file has been seen.</returns>
    public bool TryRead(out ReadOnlyMemory<byte> json)
    {
        lock (_gate)
        {
            if (_path is not null && HasChangedLocked())
            {
                ReadLocked(_path);
            }
            json = _json.GetValueOrDefault();
            return _json is not null;
        }
    }

    bool HasChangedLocked()
    {
        var file = new FileInfo(_path!);
        var version = file.Exists ? (file.LastWriteTimeUtc, file.Length, true) : default;
        var hasChanged = !_hasLooked || version != _version;
        _hasLooked = true;
        _version = version;
        return hasChanged;
    }

    void ReadLocked(string path)
    {
        try
        {
            var output = new ArrayBufferWriter<byte>();
            if (PythonJson.TryRewrite(File.ReadAllBytes(path), output))
            {
                _json = output.WrittenMemory;
                _told = null;
                return;
            }
            Log.StaticFileBad(_logger, path, "it is not JSON", IsOldServed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _hasLooked = false;
            if (_told != e.Message)
            {
                _told = e.Message;
                Log.StaticFileBad(_logger, path, e.Message, IsOldServed);
            }
        }
    }

    string IsOldServed => _json is null ? "Vendor data is refused" : "The version read before is served";
}
