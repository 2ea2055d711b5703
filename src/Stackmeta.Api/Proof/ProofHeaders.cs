namespace Stackmeta.Api;

/// <summary>The headers by which an agent names the instance (spec/nova-metadata.md §6.3).</summary>
static class ProofHeaders
{
    public const string InstanceId = "X-Instance-ID";
    public const string InstanceIdSignature = "X-Instance-ID-Signature";
    public const string ProjectId = "X-Tenant-ID";
    public const string ForwardedFor = "X-Forwarded-For";
}
