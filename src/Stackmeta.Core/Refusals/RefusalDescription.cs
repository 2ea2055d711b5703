namespace Stackmeta.Core.Refusals;

/// <summary>What a <see cref="Refusal"/> means to the guest and how it is called in logs and metrics.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Explanation">The sentence in the error page.</param>
/// <param name="Name">The name in logs and metrics, for example <c>port-not-found</c>.</param>
public sealed record RefusalDescription(int Status, string Explanation, string Name)
{
    const string NotFound = "The resource could not be found.";
    const string UnknownError = "An unknown error has occurred. Please try your request again.";
    const string Busy = "Too many connections. Please try again later.";
    const string Unavailable = "The metadata service is temporarily unavailable. Please try again later.";

    /// <summary>The description of a refusal.</summary>
    /// <exception cref="ArgumentOutOfRangeException">For <see cref="Refusal.None"/> and undefined values.</exception>
    /// <remarks>The texts of statuses that Nova and the Neutron agent also give are theirs (spec/nova-metadata.md §1.6, §6.3;
    /// spec/neutron-metadata.md §3.7), since guests and operators search for them.</remarks>
    public static RefusalDescription Of(Refusal refusal) =>
        refusal switch
        {
            Refusal.ScopeHeaderMissing => new(
                400,
                "The request names neither a network nor a router.",
                "scope-header-missing"
            ),
            Refusal.ScopeHeadersConflict => new(
                400,
                "The request names both a network and a router.",
                "scope-headers-conflict"
            ),
            Refusal.AddressHeaderMissing => new(
                400,
                "X-Forwarded-For is missing from request.",
                "address-header-missing"
            ),
            Refusal.AddressMalformed => new(400, "X-Forwarded-For is not one IP address.", "address-malformed"),
            Refusal.PortNotFound => new(404, NotFound, "port-not-found"),
            Refusal.PortAmbiguous => new(404, NotFound, "port-ambiguous"),
            Refusal.PortWithoutDevice => new(404, NotFound, "port-without-device"),
            Refusal.PortDirectoryUnavailable => new(503, Unavailable, "port-directory-unavailable"),
            Refusal.MetadataApiUnreachable => new(
                503,
                "The remote metadata server is temporarily unavailable. Please try again later.",
                "metadata-api-unreachable"
            ),
            Refusal.MetadataApiSilent => new(
                504,
                "The remote metadata server did not answer in time.",
                "metadata-api-silent"
            ),
            Refusal.MetadataApiFailed => new(
                500,
                "Remote metadata server experienced an internal server error.",
                "metadata-api-failed"
            ),
            Refusal.SharedSecretRejected => new(403, "Invalid proxy request signature.", "shared-secret-rejected"),
            Refusal.GuestMacUnknown => new(404, NotFound, "guest-mac-unknown"),
            Refusal.GuestMacUnavailable => new(503, Unavailable, "guest-mac-unavailable"),
            Refusal.InstanceIdMissing => new(
                400,
                "X-Instance-ID header is missing from request.",
                "instance-id-missing"
            ),
            Refusal.SignatureMissing => new(
                400,
                "X-Instance-ID-Signature header is missing from request.",
                "signature-missing"
            ),
            Refusal.ProjectIdMissing => new(400, "X-Tenant-ID header is missing from request.", "project-id-missing"),
            Refusal.SignatureWrong => new(403, "Invalid proxy request signature.", "signature-wrong"),
            Refusal.SignatureNotAscii => new(403, "Invalid proxy request signature.", "signature-not-ascii"),
            Refusal.ProviderPortNotFound => new(
                400,
                "Expected a single port matching the provider and the IP.",
                "provider-port-not-found"
            ),
            Refusal.InstanceNotFound => new(404, NotFound, "instance-not-found"),
            Refusal.ProjectMismatch => new(404, NotFound, "project-mismatch"),
            Refusal.InstanceSourceUnavailable => new(503, Unavailable, "instance-source-unavailable"),
            Refusal.InstanceSourceFailed => new(500, UnknownError, "instance-source-failed"),
            Refusal.PathNotFound => new(404, NotFound, "path-not-found"),
            Refusal.PathBelowLeaf => new(404, NotFound, "path-below-leaf"),
            Refusal.PathMalformed => new(400, "The path is not valid percent-encoded UTF-8.", "path-malformed"),
            Refusal.UserDataAbsent => new(404, NotFound, "user-data-absent"),
            Refusal.PartUnreadable => new(500, UnknownError, "part-unreadable"),
            Refusal.SecurityGroupsUnavailable => new(503, Unavailable, "security-groups-unavailable"),
            Refusal.VendorDataUnavailable => new(503, Unavailable, "vendor-data-unavailable"),
            Refusal.PasswordMethodNotAllowed => new(
                400,
                "GET and POST only are supported.",
                "password-method-not-allowed"
            ),
            Refusal.PasswordAlreadySet => new(
                409,
                "There was a conflict when trying to complete your request.",
                "password-already-set"
            ),
            Refusal.PasswordTooLarge => new(400, "Request is too large.", "password-too-large"),
            Refusal.PasswordNotText => new(
                400,
                "The password is not valid UTF-8, or has characters that cannot be stored.",
                "password-not-text"
            ),
            Refusal.PasswordInstanceGone => new(400, "The instance could not be found.", "password-instance-gone"),
            Refusal.PasswordNotStored => new(503, Unavailable, "password-not-stored"),
            Refusal.TooManyConnections => new(429, Busy, "too-many-connections"),
            Refusal.NetworkConnectionsTaken => new(429, Busy, "network-connections-taken"),
            Refusal.UnidentifiedConnectionsTaken => new(429, Busy, "unidentified-connections-taken"),
            Refusal.CallerConnectionsTaken => new(503, Unavailable, "caller-connections-taken"),
            Refusal.RequestTooLarge => new(413, "The request is too large.", "request-too-large"),
            Refusal.RequestMalformed => new(400, "The request is malformed.", "request-malformed"),
            Refusal.TooManyRequests => new(429, "Too many requests. Please try again later.", "too-many-requests"),
            Refusal.TransferEncodingRefused => new(
                411,
                "Send the body with Content-Length.",
                "transfer-encoding-refused"
            ),
            // As for an unknown port: a guest is not told that the address is somebody's.
            Refusal.ClientMacMismatch => new(404, NotFound, "client-mac-mismatch"),
            Refusal.PortNotApplied => new(503, Unavailable, "port-not-applied"),
            _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "Not a refusal."),
        };
}
