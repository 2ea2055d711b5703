using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>
/// The metadata API: a request comes in, an instance's document goes out. It has two doors: <see cref="HandleAsync"/> for callers
/// who must prove whom they ask for, and <see cref="AnswerAsync(Request, RequestIdentity, long)"/> for the hop before it in the same
/// process, which knows.
/// </summary>
/// <remarks>
/// <code>
///  target ──► document ──► proof ──► record ──► project ──► context ──► bytes
///  malformed  the root     400, 403  404, 503   404         503         404, 500
///  400        needs none
/// </code>
/// The order is Nova's (spec/nova-metadata.md §1.1, §6.3): an unknown path is told only to who has proven whom it asks for.
/// </remarks>
public sealed class MetadataApi : IRequestHandler
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

    /// <summary>The response to a caller who must prove whom it asks for.</summary>
    public async ValueTask<Response> HandleAsync(Request request)
    {
        using var step = request.Enter(PathStep.Api);
        var arrived = _time.GetTimestamp();
        try
        {
            var refusal = _renderer.Resolve(request.Target, out var document);
            if (IsHealthCheck(request, refusal))
            {
                return HealthCheck.Answer(request, _options.HealthCheckDisableFile);
            }
            if (!NeedsInstance(refusal, document))
            {
                return await AnswerAsync(request, document, default, null, refusal, arrived);
            }

            var proof = await _proof.ProveAsync(request);
            request.Observation?.SetInstance(proof.Identity.InstanceId, proof.Identity.ClientAddress);
            if (proof.Refusal != Refusal.None)
            {
                return Refuse(request, proof.Identity, proof.Refusal, proof.Explanation);
            }
            var found = await FindAsync(request, proof.Identity, proof.ProjectIsKnown, arrived);
            var why = found.Refusal == Refusal.None ? refusal : found.Refusal;
            return await AnswerAsync(request, document, proof.Identity, found.Instance, why, arrived);
        }
        catch (Exception e)
        {
            return ResponseTo(e, request);
        }
    }

    /// <summary>
    /// The response to the hop before, which knows for whom it asks. An instance that is not there, or is another project's, is left to the
    /// caller, who may have to look again whom it asks for: then there is no response, and <see cref="RefusePromised"/> makes it.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="identity">Whom it is for.</param>
    /// <param name="arrived">The timestamp at which it arrived at the first hop: patience is counted from there.</param>
    /// <returns><see cref="Refusal.None"/> and a response, refusals included; or <see cref="Refusal.InstanceNotFound"/> or
    /// <see cref="Refusal.ProjectMismatch"/>.</returns>
    public async ValueTask<(Refusal Refusal, Response Response)> AnswerAsync(
        Request request,
        RequestIdentity identity,
        long arrived
    )
    {
        using var step = request.Enter(PathStep.Api);
        try
        {
            var refusal = _renderer.Resolve(request.Target, out var document);
            if (IsHealthCheck(request, refusal))
            {
                return (Refusal.None, HealthCheck.Answer(request, _options.HealthCheckDisableFile));
            }
            var found = default(InstanceAnswer);
            if (NeedsInstance(refusal, document))
            {
                found = await FindAsync(request, identity, projectIsKnown: true, arrived);
                if (found.Refusal is Refusal.InstanceNotFound or Refusal.ProjectMismatch)
                {
                    return (found.Refusal, default);
                }
            }
            var why = found.Refusal == Refusal.None ? refusal : found.Refusal;
            return (Refusal.None, await AnswerAsync(request, document, identity, found.Instance, why, arrived));
        }
        catch (Exception e)
        {
            return (Refusal.None, ResponseTo(e, request));
        }
    }

    /// <summary>The response that <see cref="AnswerAsync(Request, RequestIdentity, long)"/> has left to its caller.</summary>
    public Response RefusePromised(Request request, in RequestIdentity identity, Refusal refusal)
    {
        using var step = request.Enter(PathStep.Api);
        return Refuse(request, identity, refusal);
    }

    bool IsHealthCheck(Request request, Refusal refusal) =>
        refusal == Refusal.PathNotFound && _options.HealthCheck && HealthCheck.IsAsked(request);

    static bool NeedsInstance(Refusal refusal, in MetadataDocument document) =>
        refusal is not (Refusal.RequestMalformed or Refusal.PathMalformed) && document.Kind != DocumentKind.Root;

    async ValueTask<InstanceAnswer> FindAsync(
        Request request,
        RequestIdentity identity,
        bool projectIsKnown,
        long arrived
    )
    {
        InstanceAnswer answer;
        using (request.Enter(PathStep.Instances))
        {
            answer = await _instances.FindAsync(identity.InstanceId, arrived, request.Aborted);
        }
        return
            answer.Instance is { } instance
            && projectIsKnown
            && !string.Equals(instance.ProjectId, identity.ProjectId, StringComparison.Ordinal)
            ? Refusal.ProjectMismatch
            : answer;
    }

    ValueTask<Response> AnswerAsync(
        Request request,
        in MetadataDocument document,
        in RequestIdentity identity,
        Instance? instance,
        Refusal refusal,
        long arrived
    )
    {
        if (refusal != Refusal.None)
        {
            return new(Refuse(request, identity, refusal));
        }
        if (document.Kind == DocumentKind.Password && !request.IsGet)
        {
            return PostPasswordAsync(request, identity, instance!);
        }
        return
            document.ShowsSecurityGroups
            || document.Kind is DocumentKind.VendorData or DocumentKind.VendorData2
            || (document.IsBelowSecurityGroups && request.IsOptions)
            ? AnswerWithContextAsync(request, document, identity, instance!, arrived)
            : new(Render(request, document, identity, instance, new() { ClientAddress = identity.ClientAddress }));
    }

    /// <summary>For the three documents that show what the record does not hold, and for what OPTIONS asks below one of them.</summary>
    async ValueTask<Response> AnswerWithContextAsync(
        Request request,
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
            using var step = request.Enter(PathStep.VendorData);
            var answer = await _vendorData.FindEntriesAsync(instance, request.Observation?.Trail(), request.Aborted);
            refusal = answer.Refusal;
            render = render with { VendorData2 = answer.Entries };
        }
        else if (instance.SecurityGroups.IsDefault && _securityGroups is not null)
        {
            using var step = request.Enter(PathStep.SecurityGroups);
            var answer = await _securityGroups.FindAsync(instance.Uuid, arrived, request.Aborted);
            refusal = answer.Refusal;
            render = render with { SecurityGroups = answer.Names };
        }
        return refusal == Refusal.None
            ? Render(request, document, identity, instance, render)
            : Refuse(request, identity, refusal);
    }

    Response Render(
        Request request,
        in MetadataDocument document,
        in RequestIdentity identity,
        Instance? instance,
        in RenderContext render
    )
    {
        request.Buffer.Clear();
        var refusal = _renderer.Render(document, instance, render, request.Buffer, out var contentType);
        return refusal == Refusal.None
            ? Response.Of(request, StatusCodes.Status200OK, contentType, request.Buffer.Written)
            : Refuse(request, identity, refusal);
    }

    async ValueTask<Response> PostPasswordAsync(Request request, RequestIdentity identity, Instance instance)
    {
        Refusal refusal;
        using (request.Enter(PathStep.Password))
        {
            refusal = await _passwords.StoreAsync(request, instance);
        }
        return refusal == Refusal.None
            ? Response.Of(request, StatusCodes.Status200OK, ContentTypes.Html, default)
            : Refuse(
                request,
                identity,
                refusal,
                refusal == Refusal.PasswordInstanceGone ? $"Instance {instance.Uuid} could not be found." : null
            );
    }

    Response Refuse(Request request, in RequestIdentity identity, Refusal refusal, string? explanation = null)
    {
        if (_report.IsToBeTold(request, refusal, out var line))
        {
            Log.Refused(_logger, line, identity);
        }
        return request.IsOptions && IsRefusalOfNova(refusal)
            ? Response.Of(request, StatusCodes.Status200OK, contentType: null, default)
            : Response.Of(request, refusal, explanation);
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
    Response ResponseTo(Exception exception, Request request)
    {
        if (BadRequest.RefusalOf(exception) is var refusal and not Refusal.None)
        {
            return Refuse(request, default, refusal);
        }
        if (BadRequest.IsAbandoned(exception, request.Aborted))
        {
            request.Observation?.Abandon();
            return Response.CutOff;
        }
        Log.Failed(_failures, exception, request);
        return Response.Of(request, Refusal.InstanceSourceFailed);
    }
}
