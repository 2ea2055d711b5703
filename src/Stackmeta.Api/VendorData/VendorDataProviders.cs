using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Caching;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>
/// Puts the providers' data together as Nova does, and keeps what targets answered as long as the record that they were told about
/// is kept: a boot asks each target once.
/// </summary>
public sealed class VendorDataProviders : IVendorData, IAnswerSource<Instance, VendorDataAnswer>, IDisposable
{
    const string StaticName = "static";

    readonly VendorDataOptions _options;
    readonly StaticVendorData _static;
    readonly DynamicVendorData? _dynamic;
    readonly AnswerCache<Instance, VendorDataAnswer> _answers;
    readonly ILogger _logger;

    // The request that a question is begun for. It flows with the question, which others may come to wait for.
    readonly AsyncLocal<RequestTrail?> _askedFor = new();

    /// <param name="options">Which providers, in which order.</param>
    /// <param name="cache">How long answers are kept.</param>
    /// <param name="token">Shown to targets; null asks them without.</param>
    /// <param name="time">The clock of limits and ages.</param>
    /// <param name="logger">Told of what fails.</param>
    public VendorDataProviders(
        VendorDataOptions options,
        AnswerCacheOptions cache,
        IServiceToken? token,
        TimeProvider time,
        ILogger logger
    )
    {
        _options = options;
        _logger = logger;
        _static = new(options.StaticFile, logger);
        _dynamic = options.Providers.Contains(VendorDataProvider.DynamicJson)
            ? new(options, token, time, logger)
            : null;
        _answers = new(
            this,
            // A target that hangs ends by its own limit, not by patience with a source that is down.
            cache with
            {
                Grace = TimeSpan.Zero,
                Patience = options.ConnectTimeout + options.ReadTimeout + TimeSpan.FromSeconds(1),
            },
            time,
            // A record that was read again, or changed, is another one.
            ReferenceEqualityComparer.Instance
        );
    }

    VendorDataAnswer IAnswerSource<Instance, VendorDataAnswer>.Unavailable => Unavailable;

    static VendorDataAnswer Unavailable => new(default, Refusal.VendorDataUnavailable);

    public void Dispose() => _dynamic?.Dispose();

    public Refusal ReadStatic(out ReadOnlyMemory<byte>? json)
    {
        json = null;
        if (!_options.Providers.Contains(VendorDataProvider.StaticJson))
        {
            return Refusal.None;
        }
        if (!_static.TryRead(out var bytes))
        {
            return Refusal.VendorDataUnavailable;
        }
        json = bytes;
        return Refusal.None;
    }

    public async ValueTask<VendorDataAnswer> FindEntriesAsync(
        Instance instance,
        RequestTrail? trail,
        CancellationToken cancellationToken
    )
    {
        var dynamic = new VendorDataAnswer([], Refusal.None);
        if (_dynamic is not null)
        {
            _askedFor.Value = trail;
            dynamic = await _answers.GetAsync(instance, cancellationToken);
            if (dynamic.Refusal != Refusal.None)
            {
                return dynamic;
            }
        }
        return Merge(dynamic.Entries);
    }

    async ValueTask<VendorDataAnswer> IAnswerSource<Instance, VendorDataAnswer>.AskAsync(
        Instance key,
        CancellationToken cancellationToken
    )
    {
        var (entries, allAnswered) = await _dynamic!.AskAsync(key, _askedFor.Value, cancellationToken);
        return allAnswered ? new(entries, Refusal.None)
            : _options.FailureIsFatal ? Unavailable
            : new(entries, Refusal.None, IsWhole: false);
    }

    /// <summary>
    /// What lacks a target's answer is kept for the second of a negative answer: the next boot stage may find the target up again.
    /// </summary>
    AnswerKind IAnswerSource<Instance, VendorDataAnswer>.KindOf(in VendorDataAnswer answer) =>
        answer is { Refusal: Refusal.None, IsWhole: true } ? AnswerKind.Found : AnswerKind.Absent;

    long IAnswerSource<Instance, VendorDataAnswer>.SizeOf(Instance key, in VendorDataAnswer answer)
    {
        var size = InstanceSize.Of(key);
        foreach (var entry in answer.Entries.IsDefault ? [] : answer.Entries)
        {
            size += InstanceSize.Of(entry.Name) + entry.Json.Length;
        }
        return size;
    }

    /// <summary>
    /// In the providers' order; a target named <c>static</c> gives way to the file, whichever comes first (spec/nova-metadata.md §5.3).
    /// </summary>
    VendorDataAnswer Merge(ImmutableArray<VendorDataEntry> targets)
    {
        var entries = ImmutableArray.CreateBuilder<VendorDataEntry>(targets.Length + 1);
        foreach (var provider in _options.Providers)
        {
            if (provider == VendorDataProvider.DynamicJson)
            {
                foreach (var entry in targets)
                {
                    AddUnlessThere(entries, entry);
                }
                continue;
            }
            if (!_static.TryRead(out var json))
            {
                return Unavailable;
            }
            Put(entries, new VendorDataEntry(StaticName, json));
        }
        return new(entries.DrainToImmutable(), Refusal.None);
    }

    void AddUnlessThere(ImmutableArray<VendorDataEntry>.Builder entries, VendorDataEntry entry)
    {
        if (IndexOf(entries, entry.Name) < 0)
        {
            entries.Add(entry);
        }
        else
        {
            Log.EntryDropped(_logger, entry.Name);
        }
    }

    static void Put(ImmutableArray<VendorDataEntry>.Builder entries, VendorDataEntry entry)
    {
        if (IndexOf(entries, entry.Name) is var index and >= 0)
        {
            entries[index] = entry;
        }
        else
        {
            entries.Add(entry);
        }
    }

    static int IndexOf(ImmutableArray<VendorDataEntry>.Builder entries, string name)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (string.Equals(entries[i].Name, name, StringComparison.Ordinal))
            {
                return i;
            }
        }
        return -1;
    }
}
