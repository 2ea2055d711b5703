using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Http;
using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta.Api;

/// <summary>
/// The metadata API: a request comes in, an instance's document goes out. It has two doors: <see cref="HandleAsync"/> for callers
/// who must prove whom they ask for, and <see cref="AnswerAsync"/> for the hop before it in the same process, which knows.
/// </summary>
/// <remarks>
/// <code>
///  target ──► document ──► proof ──► record ──► project ──► context ──► bytes
///  malformed  the root     400, 403  404, 503   404         503         404, 500
///  400        needs none
/// </code>
/// The order is Nova's (spec/nova-metadata.md §1.1, §6.3): an unknown path is told only to who has proven whom it asks for.
/// </remarks>
public sealed class MetadataApi
{
    readonly ApiOptions _options;
    readonly InstanceCache _instances;
    readonly SecurityGroupCache? _securityGroups;
    readonly IVendorData _vendorData;
    readonly DocumentRenderer _renderer;
    readonly ICallerProof _proof;
    readonly PasswordPost _passwords;
    readonly ILogger _logger;
    readonly ILogger _failures;
    readonly RefusalReport _report;
    readonly TimeProvider _time;
    readonly AnswerBufferPool _buffers = new();

    /// <param name="options">Settings.</param>
    /// <param name="instances">Where records come from.</param>
    /// <param name="renderer">What writes the documents.</param>
    /// <param name="proof">What callers of <see cref="HandleAsync"/> must show.</param>
    /// <param name="vendorData">What the operator adds.</param>
    /// <param name="securityGroups">Asked for names that a record does not hold; null when records hold them all.</param>
    /// <param name="time">The clock of waits and log lines.</param>
    /// <param name="logger">Where refusals are told.</param>
    public MetadataApi(
        ApiOptions options,
        InstanceCache instances,
        DocumentRenderer renderer,
        ICallerProof proof,
        IVendorData vendorData,
        ISecurityGroupNames? securityGroups,
        TimeProvider time,
        ILogger logger
    )
    {
        _options = options;
        _instances = instances;
        _renderer = renderer;
        _proof = proof;
        _vendorData = vendorData;
        _securityGroups = securityGroups is null ? null : new(securityGroups, options.Cache, time);
        _passwords = new(instances);
        _logger = logger;
        _failures = logger.Throttled(time);
        _report = new(logger, time);
        _time = time;
    }

    /// <summary>Answers a caller who must prove whom it asks for.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        using var step = RequestObservation.Enter(context, PathStep.Api);
        var arrived = _time.GetTimestamp();
        try
        {
            var refusal = Resolve(context, out var document);
            if (refusal == Refusal.PathNotFound && _options.HealthCheck && HealthCheck.IsAsked(context))
            {
                await HealthCheck.AnswerAsync(context, _options.HealthCheckDisableFile);
                return;
            }
            if (refusal is Refusal.RequestMalformed or Refusal.PathMalformed || document.Kind == DocumentKind.Root)
            {
                await AnswerOrRefuseAsync(context, document, default, null, refusal, arrived);
                return;
            }

            var proof = await _proof.ProveAsync(context);
            RequestObservation.Of(context)?.SetInstance(proof.Identity.InstanceId, proof.Identity.ClientAddress);
            if (proof.Refusal != Refusal.None)
            {
                await RefuseAsync(context, proof.Identity, proof.Refusal, proof.Explanation);
                return;
            }
            var found = await FindAsync(context, proof.Identity, proof.ProjectIsKnown, arrived);
            await AnswerOrRefuseAsync(
                context,
                document,
                proof.Identity,
                found.Instance,
                found.Refusal == Refusal.None ? refusal : found.Refusal,
                arrived
            );
        }
        catch (Exception e)
        {
            await EndBadlyAsync(context, e);
        }
    }

    /// <summary>Answers the hop before, which knows for whom it asks.</summary>
    /// <param name="context">The request.</param>
    /// <param name="identity">Whom it is for.</param>
    /// <param name="arrived">The timestamp at which it arrived at the first hop: patience is counted from there.</param>
    public async Task AnswerAsync(HttpContext context, RequestIdentity identity, long arrived)
    {
        if (await TryAnswerAsync(context, identity, arrived) is var refusal and not Refusal.None)
        {
            await RefuseAsync(context, identity, refusal);
        }
    }

    /// <summary>As <see cref="AnswerAsync"/>, but an instance that is not there, or is another project's, is left to the caller, who may have to look again whom it asks for.</summary>
    /// <returns><see cref="Refusal.None"/> when the request was answered, refusals included; <see cref="Refusal.InstanceNotFound"/> or
    /// <see cref="Refusal.ProjectMismatch"/> when nothing was answered.</returns>
    public async ValueTask<Refusal> TryAnswerAsync(HttpContext context, RequestIdentity identity, long arrived)
    {
        using var step = RequestObservation.Enter(context, PathStep.Api);
        try
        {
            var refusal = Resolve(context, out var document);
            if (refusal == Refusal.PathNotFound && _options.HealthCheck && HealthCheck.IsAsked(context))
            {
                await HealthCheck.AnswerAsync(context, _options.HealthCheckDisableFile);
                return Refusal.None;
            }
            if (
                refusal is not (Refusal.RequestMalformed or Refusal.PathMalformed)
                && document.Kind != DocumentKind.Root
            )
            {
                var found = await FindAsync(context, identity, projectIsKnown: true, arrived);
                if (found.Refusal is Refusal.InstanceNotFound or Refusal.ProjectMismatch)
                {
                    return found.Refusal;
                }
                await AnswerOrRefuseAsync(
                    context,
                    document,
                    identity,
                    found.Instance,
                    found.Refusal == Refusal.None ? refusal : found.Refusal,
                    arrived
                );
                return Refusal.None;
            }
            await AnswerOrRefuseAsync(context, document, identity, null, refusal, arrived);
        }
        catch (Exception e)
        {
            await EndBadlyAsync(context, e);
        }
        return Refusal.None;
    }

    Refusal Resolve(HttpContext context, out MetadataDocument document) =>
        _renderer.Resolve(RequestTarget.Of(context), out document);

    async ValueTask<InstanceAnswer> FindAsync(
        HttpContext context,
        RequestIdentity identity,
        bool projectIsKnown,
        long arrived
    )
    {
        InstanceAnswer answer;
        using (RequestObservation.Enter(context, PathStep.Instances))
        {
            answer = await _instances.FindAsync(identity.InstanceId, arrived, context.RequestAborted);
        }
        return
            answer.Instance is { } instance
            && projectIsKnown
            && !string.Equals(instance.ProjectId, identity.ProjectId, StringComparison.Ordinal)
            ? Refusal.ProjectMismatch
            : answer;
    }

    ValueTask AnswerOrRefuseAsync(
        HttpContext context,
        in MetadataDocument document,
        in RequestIdentity identity,
        Instance? instance,
        Refusal refusal,
        long arrived
    )
    {
        if (refusal != Refusal.None)
        {
            return RefuseAsync(context, identity, refusal);
        }
        if (document.Kind == DocumentKind.Password && !RequestMethod.IsGet(context))
        {
            return PostPasswordAsync(context, identity, instance!);
        }
        return
            document.ShowsSecurityGroups
            || document.Kind is DocumentKind.VendorData or DocumentKind.VendorData2
            || (document.IsBelowSecurityGroups && RequestMethod.IsOptions(context))
            ? AnswerWithContextAsync(context, document, identity, instance!, arrived)
            : RenderAsync(context, document, identity, instance, new() { ClientAddress = identity.ClientAddress });
    }

    /// <summary>For the three documents that show what the record does not hold, and for what OPTIONS asks below one of them.</summary>
    async ValueTask AnswerWithContextAsync(
        HttpContext context,
        MetadataDocument document,
        RequestIdentity identity,
        Instance instance,
        long arrived
    )
    {
        var refusal = Refusal.None;
        var render = new RenderContext { ClientAddress = identity.ClientAddress };
        if (document.Kind == DocumentKind.VendorData)
        {
            refusal = _vendorData.ReadStatic(out var json);
            render = render with { StaticVendorData = json };
        }
        else if (document.Kind == DocumentKind.VendorData2)
        {
            using var step = RequestObservation.Enter(context, PathStep.VendorData);
            var answer = await _vendorData.FindEntriesAsync(
                instance,
                RequestObservation.Of(context)?.Trail(),
                context.RequestAborted
            );
            refusal = answer.Refusal;
            render = render with { VendorData2 = answer.Entries };
        }
        else if (instance.SecurityGroups.IsDefault && _securityGroups is not null)
        {
            using var step = RequestObservation.Enter(context, PathStep.SecurityGroups);
            var answer = await _securityGroups.FindAsync(instance.Uuid, arrived, context.RequestAborted);
            refusal = answer.Refusal;
            render = render with { SecurityGroups = answer.Names };
        }

        if (refusal != Refusal.None)
        {
            await RefuseAsync(context, identity, refusal);
            return;
        }
        await RenderAsync(context, document, identity, instance, render);
    }

    ValueTask RenderAsync(
        HttpContext context,
        in MetadataDocument document,
        in RequestIdentity identity,
        Instance? instance,
        in RenderContext render
    )
    {
        var buffer = _buffers.Rent();
        try
        {
            var refusal = _renderer.Render(document, instance, render, buffer, out var contentType);
            return refusal == Refusal.None
                ? new(Answer.WriteAsync(context, StatusCodes.Status200OK, contentType, buffer.Written))
                : RefuseAsync(context, identity, refusal);
        }
        finally
        {
            _buffers.Return(buffer);
        }
    }

    async ValueTask PostPasswordAsync(HttpContext context, RequestIdentity identity, Instance instance)
    {
        Refusal refusal;
        using (RequestObservation.Enter(context, PathStep.Password))
        {
            refusal = await _passwords.StoreAsync(context, instance);
        }
        if (refusal == Refusal.None)
        {
            await Answer.WriteAsync(context, StatusCodes.Status200OK, ContentTypes.Html, []);
            return;
        }
        await RefuseAsync(
            context,
            identity,
            refusal,
            refusal == Refusal.PasswordInstanceGone ? $"Instance {instance.Uuid} could not be found." : null
        );
    }

    ValueTask RefuseAsync(HttpContext context, in RequestIdentity identity, Refusal refusal, string? explanation = null)
    {
        if (_report.IsToBeTold(context, refusal, out var line))
        {
            Log.Refused(_logger, line, identity);
        }
        return RequestMethod.IsOptions(context) && IsRefusalOfNova(refusal)
            ? new(Answer.WriteAsync(context, StatusCodes.Status200OK, contentType: null, []))
            : new(Answer.WriteRefusalAsync(context, refusal, explanation));
    }

    /// <summary>
    /// Nova's CORS filter takes any refusal of OPTIONS for a preflight and answers an empty 200 (spec/nova-metadata.md §1.5). What Nova
    /// crashes on never gets there.
    /// </summary>
    static bool IsRefusalOfNova(Refusal refusal) =>
        refusal
            is not (
                Refusal.RequestMalformed
                or Refusal.PathMalformed
                or Refusal.PathBelowLeaf
                or Refusal.SignatureNotAscii
            );

    /// <summary>The last resort: the caller went away, sent a body that cannot be read, or we are at fault.</summary>
    async Task EndBadlyAsync(HttpContext context, Exception exception)
    {
        if (BadRequest.RefusalOf(exception) == Refusal.None && BadRequest.IsAbandoned(context, exception))
        {
            RequestObservation.Of(context)?.Abandon();
            return;
        }
        if (context.Response.HasStarted)
        {
            Log.Failed(_failures, exception, context);
            context.Abort();
            return;
        }
        if (BadRequest.RefusalOf(exception) is var refusal and not Refusal.None)
        {
            await RefuseAsync(context, default, refusal);
            return;
        }
        Log.Failed(_failures, exception, context);
        await Answer.WriteRefusalAsync(context, Refusal.InstanceSourceFailed);
    }
}
